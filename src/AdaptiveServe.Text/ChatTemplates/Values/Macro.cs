using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Statements;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>A macro, or the body of a call block, with the variables that it sees.</summary>
internal sealed class Macro(MacroDefinition definition, Scope surroundings) : ICallable
{
    public object Call(Renderer renderer, Arguments arguments)
    {
        var scope = new Scope(surroundings);
        SetExtras(renderer, scope, arguments);
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

    private object? Given(int index, Arguments arguments)
    {
        if (index < arguments.Positional.Length) return arguments.Positional[index];
        foreach ((string name, object value) in arguments.Keywords)
            if (name == definition.Parameters[index].Name) return value;
        return null;
    }

    /// <summary>Arguments without a parameter go to <c>varargs</c>, <c>kwargs</c> and <c>caller</c> where the body mentions these.</summary>
    private void SetExtras(Renderer renderer, Scope scope, Arguments arguments)
    {
        int known = definition.Parameters.Length;
        if (definition.UsesVarargs) scope.Set("varargs", Sequence.Tuple([.. arguments.Positional.Skip(known)]));
        else if (arguments.Positional.Length > known)
            throw RenderingException.Failed($"macro '{definition.Name}' takes not more than {known} argument(s)");

        var rest = new Mapping();
        if (definition.UsesCaller) scope.Set("caller", new Undefined("No caller defined"));
        foreach ((string name, object value) in arguments.Keywords)
        {
            int index = Array.FindIndex(definition.Parameters, parameter => parameter.Name == name);
            if (index >= 0 && index < arguments.Positional.Length)
                throw RenderingException.Failed($"macro '{definition.Name}' got multiple values for argument '{name}'");
            if (index >= 0) continue;
            if (name == "caller" && definition.UsesCaller) scope.Set("caller", value);
            else if (definition.UsesKwargs) rest.Set(name, value);
            else throw RenderingException.Failed($"macro '{definition.Name}' takes no keyword argument '{name}'");
        }

        renderer.Budget.AllocateItems(arguments.Positional.Length + arguments.Keywords.Length);
        if (definition.UsesKwargs) scope.Set("kwargs", rest);
    }
}
