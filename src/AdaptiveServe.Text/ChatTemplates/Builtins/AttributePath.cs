using System.Globalization;
using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Builtins;

/// <summary>The argument <c>attribute</c> of many filters: <c>"name"</c>, <c>"function.name"</c>, <c>0</c>.</summary>
internal static class AttributePath
{
    private const int MaxLength = 1000;

    /// <summary>Null where no attribute is given: the value itself counts.</summary>
    public static Func<object, object> Getter(Renderer renderer, object? attribute, object? standard = null)
    {
        if (attribute is null or None) return value => value;
        object[] path = attribute is string text ? Parts(text) : [attribute];
        return value =>
        {
            foreach (object key in path)
            {
                renderer.Budget.Step();
                value = Access.Item(renderer, value, key);
                if (value is Undefined && standard is not null) value = standard;
            }

            return value;
        };
    }

    private static object[] Parts(string text)
    {
        if (text.Length > MaxLength)
            throw new RenderingException(ChatTemplateFault.LimitExceeded, $"an attribute has more than {MaxLength} characters");
        return [.. text.Split('.').Select(part => long.TryParse(part, NumberStyles.None, null, out long index) ? (object)index : part)];
    }
}
