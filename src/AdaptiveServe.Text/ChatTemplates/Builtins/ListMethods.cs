using System.Collections.Frozen;
using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Builtins;

/// <summary>The methods of lists and tuples. Those that change a list are missing in the sandbox of the transformers library.</summary>
internal static class ListMethods
{
    /// <summary>Those of tuples.</summary>
    public static FrozenDictionary<string, Builtin> ReadOnly { get; } = Builtin.Table(
        new("index", "value", (renderer, self, arguments) => (long)Position(renderer, Items(self), arguments[0]!)),
        new("count", "value", (renderer, self, arguments) =>
            (long)Items(self).Count(item => Equality.AreEqual(renderer, item, arguments[0]!))));

    public static FrozenDictionary<string, Builtin> All { get; } = Builtin.Table([
        .. ReadOnly.Values,
        new("append", "object", (renderer, self, arguments) => Insert(renderer, Items(self), Items(self).Count, arguments[0]!)),
        new("insert", "index object", (renderer, self, arguments) =>
            Insert(renderer, Items(self), Argument.Integer(arguments[0], 0), arguments[1]!)),
        new("extend", "iterable", (renderer, self, arguments) =>
        {
            Items(self).AddRange(Iteration.ToList(renderer, arguments[0]!));
            return None.Value;
        }),
        new("pop", "index?", (renderer, self, arguments) => RemoveAt(renderer, Items(self), Argument.Integer(arguments[0], -1))),
    ]);

    private static List<object> Items(object self) => ((Sequence)self).Items;

    private static int Position(Renderer renderer, List<object> items, object value)
    {
        int index = Containment.IndexOf(renderer, items, value);
        return index >= 0 ? index : throw RenderingException.Failed($"{Display.Repr(renderer, value)} is not in the list");
    }

    private static None Insert(Renderer renderer, List<object> items, long index, object item)
    {
        renderer.Budget.AllocateItems(1);
        int at = (int)Math.Clamp(index < 0 ? index + items.Count : index, 0, items.Count);
        renderer.Budget.Step((items.Count - at) / 16); // those after it move on
        items.Insert(at, item);
        return None.Value;
    }

    private static object RemoveAt(Renderer renderer, List<object> items, long index)
    {
        if (index < 0) index += items.Count;
        if (index < 0 || index >= items.Count) throw RenderingException.Failed("the list has no item at that place");
        renderer.Budget.Step((items.Count - index) / 16); // those after it move up
        object item = items[(int)index];
        items.RemoveAt((int)index);
        return item;
    }
}
