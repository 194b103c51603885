using AdaptiveServe.Text.ChatTemplates.Builtins;
using AdaptiveServe.Text.ChatTemplates.Expressions;
using AdaptiveServe.Text.ChatTemplates.Statements;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Rendering;

/// <summary>The state of one rendering: variables, output, clock and what is left of the limits.</summary>
internal sealed class Renderer
{
    public Renderer(DateTimeOffset now)
    {
        Now = now;
        Output = new BoundedText(Budget);
    }

    public DateTimeOffset Now { get; }

    public Budget Budget { get; } = new();

    /// <summary>The caller's variables.</summary>
    public IReadOnlyDictionary<string, object> Variables { get; set; } = new Dictionary<string, object>();

    public Scope Scope { get; set; } = new(null);

    public BoundedText Output { get; private set; }

    /// <summary>Where in the source the rendering is; 0 before it begins.</summary>
    public int Line { get; set; }

    public object Evaluate(Expression expression)
    {
        Budget.Enter();
        object value = expression.Evaluate(this);
        Budget.Leave();
        return value;
    }

    public Completion Execute(Statement[] body)
    {
        Budget.Enter();
        Completion completion = Completion.Normal;
        for (int i = 0; i < body.Length && completion == Completion.Normal; i++)
        {
            Line = body[i].Line;
            completion = body[i].Execute(this);
        }

        Budget.Leave();
        return completion;
    }

    /// <summary>Executes the statements with variables of their own.</summary>
    public Completion ExecuteIn(Scope scope, Statement[] body)
    {
        Scope outer = Scope;
        Scope = scope;
        Completion completion = Execute(body);
        Scope = outer;
        return completion;
    }

    /// <summary>The same, and returns what they write.</summary>
    public string Capture(Scope scope, Statement[] body) => Capture(() => ExecuteIn(scope, body));

    /// <summary>Returns what the action writes.</summary>
    public string Capture(Action action)
    {
        BoundedText outer = Output;
        Output = new BoundedText(Budget);
        action();
        string text = Output.ToString();
        Output = outer;
        return text;
    }

    public object Lookup(string name)
    {
        if (Scope.Find(name) is { } local) return local;
        if (Variables.TryGetValue(name, out object? variable)) return variable;
        return Functions.All.TryGetValue(name, out Builtin? function) ? function : Undefined.Variable(name);
    }
}
