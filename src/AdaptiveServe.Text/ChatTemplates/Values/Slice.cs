using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>Python's slices: a text or sequence from <c>start</c> up to, not including, <c>stop</c>, with any step but zero.</summary>
internal static class Slice
{
    public static object Of(Renderer renderer, object value, object start, object stop, object step)
    {
        if (value is Undefined undefined) throw undefined.Error();
        if (value is not (string or Sequence { IsIndexed: true }) || !(IsBound(start) && IsBound(stop) && IsBound(step)))
            throw RenderingException.Failed($"a value of type '{TypeName.Of(value)}' cannot be sliced, or not with these bounds");
        (long? from, long? to, long by) = (Numbers.ToInteger(start), Numbers.ToInteger(stop), Numbers.ToInteger(step) ?? 1);
        if (by == 0) throw RenderingException.Failed("the step of a slice is zero");
        return value switch
        {
            Sequence sequence => sequence.With(Select(renderer, sequence.Items, from, to, by)),
            string text when by == 1 => OfText(renderer, text, from, to),
            _ => string.Concat(Select(renderer, Iteration.ToList(renderer, value), from, to, by)),
        };
    }

    private static string OfText(Renderer renderer, string text, long? from, long? to)
    {
        renderer.Budget.Read(text);
        int count = CodePoints.Count(text);
        int start = CodePoints.Offset(text, Clamp(from ?? 0, 0, count, count));
        int stop = CodePoints.Offset(text, Clamp(to ?? count, 0, count, count));
        renderer.Budget.AllocateText(Math.Max(0, stop - start));
        return start < stop ? text[start..stop] : "";
    }

    private static List<object> Select(Renderer renderer, List<object> items, long? from, long? to, long by)
    {
        int count = items.Count;
        long first = by > 0 ? 0 : -1, last = by > 0 ? count : count - 1; // the range that bounds are brought into
        long start = Clamp(from ?? (by > 0 ? first : last), first, last, count);
        long stop = to is { } bound ? Clamp(bound, first, last, count) : by > 0 ? last : first;

        by = Math.Clamp(by, -count - 1L, count + 1L); // a larger step goes beyond the end too
        var selected = new List<object>();
        for (long i = start; by > 0 ? i < stop : i > stop; i += by)
        {
            renderer.Budget.AllocateItems(1);
            selected.Add(items[(int)i]);
        }

        return selected;
    }

    private static long Clamp(long bound, long first, long last, int count) => Math.Clamp(bound < 0 ? bound + count : bound, first, last);

    private static bool IsBound(object value) => value is None || Numbers.ToInteger(value) is not null;
}
