using AdaptiveServe.Text.ChatTemplates.Builtins;
using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>
/// Jinja's <c>value.name</c> and <c>value[key]</c>: the one finds methods first, the other items, and each then tries the other.
/// </summary>
internal static class Access
{
    public static object Attribute(object value, string name)
    {
        if (value is Undefined undefined) throw undefined.Error();
        return Method(value, name) ?? Member(value, name) ?? new Undefined(value, name);
    }

    public static object Item(Renderer renderer, object value, object key)
    {
        if (value is Undefined undefined) throw undefined.Error();
        renderer.Budget.Read(key);
        object? item = value switch
        {
            Mapping mapping => mapping.Find(key),
            Sequence { IsIndexed: true } sequence when Numbers.ToInteger(key) is { } index => At(sequence.Items, index),
            string text when Numbers.ToInteger(key) is { } index => At(renderer, text, index),
            _ => null,
        };
        if (item is null && key is string name) item = Method(value, name) ?? Member(value, name);
        return item ?? new Undefined(value, key);
    }

    private static object? Member(object value, string name) => value switch
    {
        Mapping mapping => mapping.Find(name),
        Namespace space => space.Attributes.Find(name),
        Loop loop => loop.Attribute(name),
        _ => null,
    };

    private static BoundMethod? Method(object value, string name)
    {
        var methods = value switch
        {
            Mapping => MappingMethods.All,
            string => TextMethods.All,
            Sequence sequence => sequence.Methods,
            _ => null,
        };
        return methods is not null && methods.TryGetValue(name, out Builtin? method) ? new BoundMethod(value, method) : null;
    }

    private static object? At(List<object> items, long index)
    {
        if (index < 0) index += items.Count;
        return index >= 0 && index < items.Count ? items[(int)index] : null;
    }

    private static string? At(Renderer renderer, string text, long index)
    {
        renderer.Budget.Read(text);
        int count = CodePoints.Count(text);
        if (index < 0) index += count;
        if (index < 0 || index >= count) return null;
        int offset = CodePoints.Offset(text, index);
        return text[offset..(offset + CodePoints.LengthAt(text, offset))];
    }
}
