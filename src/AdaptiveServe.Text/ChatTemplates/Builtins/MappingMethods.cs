using System.Collections.Frozen;
using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Builtins;

/// <summary>The methods of dictionaries.</summary>
internal static class MappingMethods
{
    public static FrozenDictionary<string, Builtin> All { get; } = Builtin.Table(
        new("get", "key default?", (_, self, arguments) => ((Mapping)self).Find(arguments[0]!) ?? arguments[1] ?? None.Value),
        new("keys", "", (renderer, self, _) => View(renderer, ((Mapping)self).Keys, "dict_keys")),
        new("values", "", (renderer, self, _) => View(renderer, ((Mapping)self).Values, "dict_values")),
        new("items", "", (renderer, self, _) => Sequence.View(Items(renderer, (Mapping)self), "dict_items")),
        new("pop", "key default?", (renderer, self, arguments) => Pop(renderer, (Mapping)self, arguments[0]!, arguments[1])),
        new("setdefault", "key default?", (renderer, self, arguments) => SetDefault(renderer, (Mapping)self, arguments[0]!, arguments[1])),
        new("update", (renderer, self, arguments) =>
        {
            foreach (object source in arguments.Positional) Update(renderer, (Mapping)self, source);
            Update(renderer, (Mapping)self, arguments.ToMapping(renderer));
            return None.Value;
        }));

    /// <summary>The entries as tuples of key and value.</summary>
    public static List<object> Items(Renderer renderer, Mapping mapping)
    {
        renderer.Budget.AllocateItems(4L * mapping.Count); // each a tuple of its own
        var items = new List<object>(mapping.Count);
        for (int i = 0; i < mapping.Count; i++)
        {
            (object key, object value) = mapping.At(i);
            items.Add(Sequence.Tuple(key, value));
        }

        return items;
    }

    /// <summary>Takes over the entries of a dictionary, or pairs of key and value.</summary>
    public static void Update(Renderer renderer, Mapping target, object source)
    {
        List<object> pairs = source is Mapping mapping ? Items(renderer, mapping) : Iteration.ToList(renderer, source);
        foreach (object pair in pairs)
        {
            if (pair is not Sequence { Items: [var key, var value] }) throw RenderingException.Failed("expected pairs of key and value");
            Set(renderer, target, key, value);
        }
    }

    public static void Set(Renderer renderer, Mapping target, object key, object value)
    {
        renderer.Budget.Read(key);
        renderer.Budget.AllocateItems(2);
        target.Set(key, value);
    }

    private static Sequence View(Renderer renderer, IReadOnlyList<object> items, string typeName)
    {
        renderer.Budget.AllocateItems(items.Count);
        return Sequence.View([.. items], typeName);
    }

    private static object Pop(Renderer renderer, Mapping mapping, object key, object? standard)
    {
        renderer.Budget.Step(mapping.Count); // those after it move up
        object? value = mapping.Find(key);
        if (value is not null) mapping.Remove(key);
        return value ?? standard ?? throw RenderingException.Failed($"the dictionary has no key {Display.Repr(renderer, key)}");
    }

    private static object SetDefault(Renderer renderer, Mapping mapping, object key, object? standard)
    {
        if (mapping.Find(key) is { } value) return value;
        Set(renderer, mapping, key, standard ?? None.Value);
        return standard ?? None.Value;
    }
}
