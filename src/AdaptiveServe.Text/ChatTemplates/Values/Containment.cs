using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>Python's <c>in</c>.</summary>
internal static class Containment
{
    public static bool Contains(Renderer renderer, object container, object item)
    {
        renderer.Budget.Read(item);
        return container switch
        {
            string text when item is string part => TextSearch.IndexOf(renderer, text, part) >= 0,
            Mapping when item is Mapping or Sequence { IsTuple: false } =>
                throw RenderingException.Failed($"a value of type '{TypeName.Of(item)}' is never a key"),
            Mapping mapping => mapping.Find(item) is not null,
            Sequence sequence => IndexOf(renderer, sequence.Items, item) >= 0,
            Generator generator => generator.Rest().Any(other => Equality.AreEqual(renderer, other, item)),
            Undefined => false,
            string => throw RenderingException.Failed($"'in' a text takes a text, not a value of type '{TypeName.Of(item)}'"),
            _ => throw RenderingException.Failed($"a value of type '{TypeName.Of(container)}' holds no others"),
        };
    }

    public static int IndexOf(Renderer renderer, List<object> items, object item)
    {
        for (int i = 0; i < items.Count; i++)
            if (Equality.AreEqual(renderer, items[i], item)) return i;
        return -1;
    }
}
