using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>Python's order of values: numbers, texts by code point, sequences item by item.</summary>
internal static class Ordering
{
    /// <summary>Negative, zero or positive; null where one is not a number, so that all comparisons are false.</summary>
    /// <exception cref="RenderingException">The values have no order.</exception>
    public static int? Compare(Renderer renderer, object a, object b)
    {
        renderer.Budget.Enter();
        int? order = (a, b) switch
        {
            (string x, string y) => CompareTexts(renderer, x, y),
            (long x, long y) => x.CompareTo(y),
            (Sequence x, Sequence y) when x.TypeName == y.TypeName && (x.IsList || x.IsTuple) => CompareItems(renderer, x.Items, y.Items),
            _ => CompareNumbers(a, b),
        };
        renderer.Budget.Leave();
        return order;
    }

    private static int CompareTexts(Renderer renderer, string a, string b)
    {
        renderer.Budget.Read(a.Length < b.Length ? a : b);
        int same = a.AsSpan().CommonPrefixLength(b);
        if (same == a.Length || same == b.Length) return a.Length.CompareTo(b.Length);

        // Halves of surrogate pairs stand for code points beyond all others.
        bool isPair = char.IsSurrogate(a[same]), isOtherPair = char.IsSurrogate(b[same]);
        return isPair != isOtherPair ? isPair.CompareTo(isOtherPair) : a[same].CompareTo(b[same]);
    }

    private static int? CompareItems(Renderer renderer, List<object> a, List<object> b)
    {
        for (int i = 0; i < Math.Min(a.Count, b.Count); i++)
            if (!Equality.AreEqual(renderer, a[i], b[i])) return Compare(renderer, a[i], b[i]);
        return a.Count.CompareTo(b.Count);
    }

    private static int? CompareNumbers(object a, object b)
    {
        if ((a as Undefined ?? b as Undefined) is { } undefined) throw undefined.Error();
        if (Numbers.ToDouble(a) is not { } x || Numbers.ToDouble(b) is not { } y)
            throw RenderingException.Failed($"values of type '{TypeName.Of(a)}' and '{TypeName.Of(b)}' have no order");
        return double.IsNaN(x) || double.IsNaN(y) ? null : x.CompareTo(y);
    }
}
