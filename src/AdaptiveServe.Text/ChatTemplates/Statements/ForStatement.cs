using AdaptiveServe.Text.ChatTemplates.Expressions;
using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Statements;

/// <summary><c>{% for target in source if filter %} body {% else %} otherwise {% endfor %}</c>.</summary>
internal sealed class ForStatement(int line) : Statement(line)
{
    public required Target Target { get; init; }

    public required Expression Source { get; init; }

    public required Expression? Filter { get; init; }

    public required Statement[] Body { get; init; }

    /// <summary>What is executed where there is nothing to loop over.</summary>
    public required Statement[] Otherwise { get; init; }

    public override Completion Execute(Renderer renderer)
    {
        Scope surroundings = renderer.Scope;
        object source = renderer.Evaluate(Source);
        IEnumerable<object> items = Iteration.Over(renderer, source);
        if (Filter is not null) items = Filtered(renderer, items, surroundings);
        var loop = new Loop(items.GetEnumerator(), Filter is null ? Iteration.Count(source) : null);

        while (loop.MoveNext())
        {
            Scope scope = ScopeOf(renderer, loop.Current!, surroundings);
            scope.Set("loop", loop);
            if (renderer.ExecuteIn(scope, Body) == Completion.Break) break;
        }

        return loop.HasBegun ? Completion.Normal : renderer.ExecuteIn(new Scope(surroundings), Otherwise);
    }

    private IEnumerable<object> Filtered(Renderer renderer, IEnumerable<object> items, Scope surroundings)
    {
        foreach (object item in items)
        {
            Scope outer = renderer.Scope;
            renderer.Scope = ScopeOf(renderer, item, surroundings);
            bool isKept = Truth.Of(renderer.Evaluate(Filter!));
            renderer.Scope = outer;
            if (isKept) yield return item;
        }
    }

    private Scope ScopeOf(Renderer renderer, object item, Scope surroundings)
    {
        var scope = new Scope(surroundings);
        Target.Assign(renderer, scope, item);
        return scope;
    }
}
