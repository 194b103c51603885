using System.Collections.Frozen;
using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Builtins;

/// <summary>Filters that apply a filter or test, named by an argument, to each item. Nothing has no items, whatever its type.</summary>
internal static class SelectionFilters
{
    public static Builtin[] All { get; } =
    [
        new("map", (renderer, value, arguments) => new Generator(renderer, Map(renderer, value, arguments))),
        new("select", (renderer, value, arguments) =>
            new Generator(renderer, Select(renderer, value, arguments, hasAttribute: false, wanted: true))),
        new("reject", (renderer, value, arguments) =>
            new Generator(renderer, Select(renderer, value, arguments, hasAttribute: false, wanted: false))),
        new("selectattr", (renderer, value, arguments) =>
            new Generator(renderer, Select(renderer, value, arguments, hasAttribute: true, wanted: true))),
        new("rejectattr", (renderer, value, arguments) =>
            new Generator(renderer, Select(renderer, value, arguments, hasAttribute: true, wanted: false))),
    ];

    private static IEnumerable<object> Map(Renderer renderer, object value, Arguments arguments)
    {
        if (!Truth.Of(value)) yield break;
        Func<object, object> change = arguments.Positional.Length > 0 ? ByFilter(renderer, arguments) : ByAttribute(renderer, arguments);
        foreach (object item in Iteration.Over(renderer, value)) yield return change(item);
    }

    private static Func<object, object> ByFilter(Renderer renderer, Arguments arguments)
    {
        Builtin filter = Named(Filters.All, "filter", arguments.Positional[0]);
        Arguments rest = arguments.Skip(1);
        return item => filter.Invoke(renderer, item, rest);
    }

    private static Func<object, object> ByAttribute(Renderer renderer, Arguments arguments)
    {
        object? attribute = null, standard = null;
        foreach ((string name, object argument) in arguments.Keywords)
        {
            if (name == "attribute") attribute = argument;
            else if (name == "default") standard = argument;
            else throw RenderingException.Failed($"the filter 'map' takes no argument '{name}' here");
        }

        if (attribute is null) throw RenderingException.Failed("the filter 'map' needs a filter or an attribute");
        return AttributePath.Getter(renderer, attribute, standard);
    }

    private static IEnumerable<object> Select(Renderer renderer, object value, Arguments arguments, bool hasAttribute, bool wanted)
    {
        if (!Truth.Of(value)) yield break;
        if (hasAttribute && arguments.Positional.Length == 0) throw RenderingException.Failed("the filter needs an attribute");
        Func<object, object> attribute = AttributePath.Getter(renderer, hasAttribute ? arguments.Positional[0] : null);
        Arguments rest = arguments.Skip(hasAttribute ? 1 : 0);
        Builtin? test = rest.Positional.Length > 0 ? Named(Tests.All, "test", rest.Positional[0]) : null;
        if (test is not null) rest = rest.Skip(1);

        foreach (object item in Iteration.Over(renderer, value))
        {
            object tested = attribute(item);
            if (Truth.Of(test is null ? tested : test.Invoke(renderer, tested, rest)) == wanted) yield return item;
        }
    }

    private static Builtin Named(FrozenDictionary<string, Builtin> builtins, string kind, object name)
    {
        string text = Argument.RequiredText(name);
        return builtins.TryGetValue(text, out Builtin? builtin) ? builtin : throw RenderingException.Failed($"unknown {kind} '{text}'");
    }
}
