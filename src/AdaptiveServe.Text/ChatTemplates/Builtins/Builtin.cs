using System.Collections.Frozen;
using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Builtins;

/// <summary>A filter, test, method or function that templates can use.</summary>
internal sealed class Builtin : ICallable
{
    private readonly Func<Renderer, object, Arguments, object> _body;
    private readonly string[]? _parameters;
    private readonly int _required;

    /// <summary>Takes any arguments.</summary>
    public Builtin(string name, Func<Renderer, object, Arguments, object> body) => (Name, _body) = (name, body);

    /// <param name="name">The name templates use.</param>
    /// <param name="parameters">Their names, separated by spaces; those with a question mark may be left out.</param>
    /// <param name="body">Gets the value that the filter, test or method is for, and an argument for each parameter, or null.</param>
    public Builtin(string name, string parameters, Func<Renderer, object, object?[], object> body)
    {
        string[] list = parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Name = name;
        _required = list.Count(parameter => !parameter.EndsWith('?'));
        _parameters = [.. list.Select(parameter => parameter.TrimEnd('?'))];
        _body = (renderer, self, arguments) => body(renderer, self, Bind(arguments));
    }

    public string Name { get; }

    public static FrozenDictionary<string, Builtin> Table(params Builtin[] builtins) =>
        builtins.ToFrozenDictionary(builtin => builtin.Name);

    /// <summary>What is wrong with a call of that form; null if nothing is.</summary>
    public string? Complaint(int positional, IReadOnlyCollection<string> keywords)
    {
        if (_parameters is null) return null;
        if (positional > _parameters.Length) return $"'{Name}' takes at most {_parameters.Length} argument(s)";
        foreach (string keyword in keywords)
            if (Array.IndexOf(_parameters, keyword, positional) < 0) return $"'{Name}' takes no argument '{keyword}' here";
        for (int i = positional; i < _required; i++)
            if (!keywords.Contains(_parameters[i])) return $"'{Name}' needs the argument '{_parameters[i]}'";
        return null;
    }

    public object Call(Renderer renderer, Arguments arguments) => Invoke(renderer, None.Value, arguments);

    public object Invoke(Renderer renderer, object self, Arguments arguments)
    {
        renderer.Budget.Enter();
        renderer.Budget.Read(self);
        foreach (object argument in arguments.Positional) renderer.Budget.Read(argument);
        object result = _body(renderer, self, arguments);
        if (self is string && result is string text) renderer.Budget.AllocateText(text.Length);
        renderer.Budget.Leave();
        return result;
    }

    private object?[] Bind(Arguments arguments)
    {
        string[] keywords = arguments.Keywords.Length == 0 ? [] : [.. arguments.Keywords.Select(keyword => keyword.Key)];
        if (Complaint(arguments.Positional.Length, keywords) is { } complaint) throw RenderingException.Failed(complaint);
        var bound = new object?[_parameters!.Length];
        arguments.Positional.CopyTo(bound, 0);
        foreach ((string name, object value) in arguments.Keywords) bound[Array.IndexOf(_parameters, name)] = value;
        return bound;
    }
}
