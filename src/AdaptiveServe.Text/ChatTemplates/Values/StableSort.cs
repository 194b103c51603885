using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>
/// A merge sort: as Python's, it keeps the order of equal items, also when descending, and lets errors of comparisons through.
/// </summary>
internal static class StableSort
{
    public static List<object> Sort(Renderer renderer, List<object> items, Func<object, object> key, bool descending)
    {
        renderer.Budget.AllocateItems(3L * items.Count);
        (object Key, object Item)[] sorted = [.. items.Select(item => (key(item), item))];
        var merged = new (object Key, object Item)[sorted.Length];
        for (long width = 1; width < sorted.Length; width *= 2)
        {
            for (long start = 0; start < sorted.Length; start += 2 * width) Merge(start, width);
            (sorted, merged) = (merged, sorted);
        }

        return [.. sorted.Select(pair => pair.Item)];

        void Merge(long start, long width)
        {
            long middle = Math.Min(start + width, sorted.Length), end = Math.Min(start + 2 * width, sorted.Length);
            long left = start, right = middle;
            for (long target = start; target < end; target++)
            {
                bool takesRight = left == middle || (right < end && Precedes(sorted[right].Key, sorted[left].Key));
                merged[target] = sorted[takesRight ? right++ : left++];
            }
        }

        bool Precedes(object a, object b) => Ordering.Compare(renderer, a, b) is { } order && (descending ? order > 0 : order < 0);
    }
}
