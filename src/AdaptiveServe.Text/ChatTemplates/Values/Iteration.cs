using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>Going through the items of a value, and counting them.</summary>
internal static class Iteration
{
    public static bool IsIterable(object value) => value is string or Sequence or Mapping or Generator or Undefined;

    /// <summary>The items of a sequence as they are when they are reached, the keys of a mapping as they were at the beginning.</summary>
    public static IEnumerable<object> Over(Renderer renderer, object value) => value switch
    {
        Sequence sequence => ItemsOf(renderer, sequence.Items),
        Mapping mapping => KeysOf(renderer, mapping),
        string text => CharactersOf(renderer, text),
        Generator generator => generator.Rest(),
        Undefined => [],
        _ => throw RenderingException.Failed($"a value of type '{TypeName.Of(value)}' is not iterable"),
    };

    /// <summary>All items as a new list.</summary>
    public static List<object> ToList(Renderer renderer, object value)
    {
        var items = new List<object>();
        foreach (object item in Over(renderer, value))
        {
            renderer.Budget.AllocateItems(1);
            items.Add(item);
        }

        return items;
    }

    /// <summary>Null where the value has no length.</summary>
    public static int? Count(object value) => value switch
    {
        string text => CodePoints.Count(text),
        Sequence sequence => sequence.Items.Count,
        Mapping mapping => mapping.Count,
        Undefined => 0,
        _ => null,
    };

    // A list may grow or shrink in the loop over it.
    private static IEnumerable<object> ItemsOf(Renderer renderer, List<object> items)
    {
        for (int i = 0; i < items.Count; i++)
        {
            renderer.Budget.Step();
            yield return items[i];
        }
    }

    private static object[] KeysOf(Renderer renderer, Mapping mapping)
    {
        renderer.Budget.AllocateItems(mapping.Count);
        return [.. mapping.Keys];
    }

    private static IEnumerable<object> CharactersOf(Renderer renderer, string text)
    {
        foreach (string character in CodePoints.Each(text))
        {
            renderer.Budget.Step();
            yield return character;
        }
    }
}
