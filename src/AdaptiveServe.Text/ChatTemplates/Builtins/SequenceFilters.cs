using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Builtins;

/// <summary>Filters that count, order, join and sum up the items of a value.</summary>
internal static class SequenceFilters
{
    public static Builtin[] All { get; } =
    [
        new("length", "", (_, value, _) => Length(value)),
        new("count", "", (_, value, _) => Length(value)),
        new("list", "", (renderer, value, _) => Sequence.List(Iteration.ToList(renderer, value))),
        new("first", "", (renderer, value, _) => Iteration.Over(renderer, value).FirstOrDefault() ?? NoItem("first")),
        new("last", "", (renderer, value, _) => Iteration.ToList(renderer, value) is [.., var last] ? last : NoItem("last")),
        new("reverse", "", (renderer, value, _) => Reversed(renderer, value)),
        new("join", "d? attribute?", Join),
        new("items", "", (renderer, value, _) => new Generator(renderer, Items(renderer, value))),
        new("dictsort", "case_sensitive? by? reverse?", DictSort),
        new("sort", "reverse? case_sensitive? attribute?", Sort),
        new("unique", "case_sensitive? attribute?", (renderer, value, arguments) =>
            new Generator(renderer, Unique(renderer, value, arguments))),
        new("min", "case_sensitive? attribute?", (renderer, value, arguments) => Extreme(renderer, value, arguments, descending: false)),
        new("max", "case_sensitive? attribute?", (renderer, value, arguments) => Extreme(renderer, value, arguments, descending: true)),
        new("sum", "attribute? start?", Sum),
    ];

    private static long Length(object value) => Iteration.Count(value) is { } count
        ? count
        : throw RenderingException.Failed($"a value of type '{TypeName.Of(value)}' has no length");

    private static Undefined NoItem(string kind) => new($"no {kind} item, the sequence was empty");

    private static object Reversed(Renderer renderer, object value)
    {
        if (value is string) return Slice.Of(renderer, value, None.Value, None.Value, -1L);
        List<object> items = Iteration.ToList(renderer, value);
        items.Reverse();
        return new Generator(renderer, items);
    }

    private static string Join(Renderer renderer, object value, object?[] arguments)
    {
        string separator = arguments[0] is { } given ? Display.Str(renderer, given) : "";
        Func<object, object> attribute = AttributePath.Getter(renderer, arguments[1]);
        var target = new BoundedText(renderer.Budget);
        bool isFirst = true;
        foreach (object item in Iteration.Over(renderer, value))
        {
            if (!isFirst) target.Append(separator);
            Display.Write(renderer, attribute(item), target);
            isFirst = false;
        }

        return target.ToString();
    }

    private static IEnumerable<object> Items(Renderer renderer, object value)
    {
        if (value is Undefined) yield break;
        if (value is not Mapping mapping) throw RenderingException.Failed("the filter 'items' takes a dictionary");
        foreach (object item in MappingMethods.Items(renderer, mapping)) yield return item;
    }

    private static Sequence DictSort(Renderer renderer, object value, object?[] arguments)
    {
        int part = Argument.Text(arguments[1], "key") switch
        {
            "key" => 0,
            "value" => 1,
            _ => throw RenderingException.Failed("the filter 'dictsort' sorts by 'key' or 'value'"),
        };
        if (value is Undefined undefined) throw undefined.Error();
        if (value is not Mapping mapping) throw RenderingException.Failed("the filter 'dictsort' takes a dictionary");
        Func<object, object> fold = Fold(renderer, arguments[0]);
        return Sequence.List(StableSort.Sort(
            renderer, MappingMethods.Items(renderer, mapping), item => fold(((Sequence)item).Items[part]), Argument.Flag(arguments[2])));
    }

    private static Sequence Sort(Renderer renderer, object value, object?[] arguments)
    {
        Func<object, object> fold = Fold(renderer, arguments[1]);
        object?[] attributes = arguments[2] is string several ? several.Split(',') : [arguments[2]];
        Func<object, object>[] keys = [.. attributes.Select(attribute => AttributePath.Getter(renderer, attribute))];
        object Key(object item) => Sequence.Tuple([.. keys.Select(getter => fold(getter(item)))]);
        return Sequence.List(StableSort.Sort(renderer, Iteration.ToList(renderer, value), Key, Argument.Flag(arguments[0])));
    }

    private static IEnumerable<object> Unique(Renderer renderer, object value, object?[] arguments)
    {
        Func<object, object> fold = Fold(renderer, arguments[0]), attribute = AttributePath.Getter(renderer, arguments[1]);
        var seen = new Mapping();
        foreach (object item in Iteration.Over(renderer, value))
        {
            object key = fold(attribute(item));
            renderer.Budget.Read(key);
            if (seen.Find(key) is not null) continue;
            MappingMethods.Set(renderer, seen, key, None.Value);
            yield return item;
        }
    }

    private static object Extreme(Renderer renderer, object value, object?[] arguments, bool descending)
    {
        Func<object, object> fold = Fold(renderer, arguments[0]), attribute = AttributePath.Getter(renderer, arguments[1]);
        object? best = null, bestKey = null;
        foreach (object item in Iteration.Over(renderer, value))
        {
            object key = fold(attribute(item));
            int? order = bestKey is null ? null : Ordering.Compare(renderer, key, bestKey);
            if (bestKey is null || (descending ? order > 0 : order < 0)) (best, bestKey) = (item, key);
        }

        return best ?? NoItem("aggregated");
    }

    private static object Sum(Renderer renderer, object value, object?[] arguments)
    {
        Func<object, object> attribute = AttributePath.Getter(renderer, arguments[0]);
        object sum = arguments[1] ?? 0L;
        foreach (object item in Iteration.Over(renderer, value)) sum = Arithmetic.Apply(renderer, "+", sum, attribute(item));
        return sum;
    }

    /// <summary>Texts count in lower case, unless the argument <c>case_sensitive</c> is true.</summary>
    private static Func<object, object> Fold(Renderer renderer, object? isCaseSensitive)
    {
        if (Argument.Flag(isCaseSensitive)) return value => value;
        return value =>
        {
            if (value is not string text) return value;
            renderer.Budget.AllocateText(text.Length);
            return text.ToLowerInvariant();
        };
    }
}
