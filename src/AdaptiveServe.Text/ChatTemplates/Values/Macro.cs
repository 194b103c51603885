using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Statements;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>A macro, or the body of a call block, with the variables that it sees.</summary>
internal sealed class Macro(MacroDefinition definition, Scope surroundings) : ICallable
{
    public object Call(Renderer renderer, Arguments arguments)
    {
        Check(arguments);
        var scope = new Scope(surroundings);
        if (definition.UsesCaller) scope.Set("caller", Keyword("caller", arguments) ?? new Undefined("No caller defined"));
        SetParameters(renderer, scope, arguments);

        int line = renderer.Line;
        string text = renderer.Capture(scope, definition.Body);
        renderer.Line = line;
        return text;
    }

    private void SetParameters(Renderer renderer, Scope scope, Arguments arguments)
    {
        for (int i = 0; i < definition.Parameters.Length; i++)
            if (Given(i, arguments) is { } value) scope.Set(definition.Parameters[i].Name, value);

        // A default may use the parameters before it.
        Scope outer = renderer.Scope;
        renderer.Scope = scope;
        for (int i = 0; i < definition.Parameters.Length; i++)
        {
            (string name, Expressions.Expression? standard) = definition.Parameters[i];
            if (Given(i, arguments) is null)
                scope.Set(name, standard is null ? new Undefined($"parameter '{name}' was not provided") : renderer.Evaluate(standard));
        }

        renderer.Scope = outer;
    }

    private object? Given(int index, Arguments arguments) => index < arguments.Positional.Length
        ? arguments.Positional[index]
        : Keyword(definition.Parameters[index].Name, arguments);

    private static object? Keyword(string wanted, Arguments arguments)
    {
        foreach ((string name, object value) in arguments.Keywords)
            if (name == wanted) return value;
        return null;
    }

    private void Check(Arguments arguments)
    {
        int known = definition.Parameters.Length, given = arguments.Positional.Length;
        if (given > known) throw RenderingException.Failed($"macro '{definition.Name}' takes not more than {known} argument(s)");
        foreach ((string name, _) in arguments.Keywords)
        {
            if (name == "caller" && definition.UsesCaller) continue;
            int index = Array.FindIndex(definition.Parameters, parameter => parameter.Name == name);
            if (index < 0) throw RenderingException.Failed($"macro '{definition.Name}' takes no keyword argument '{name}'");
            if (index < given) throw RenderingException.Failed($"macro '{definition.Name}' got multiple values for argument '{name}'");
        }
    }
}
