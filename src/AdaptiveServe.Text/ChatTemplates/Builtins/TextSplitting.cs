using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Builtins;

/// <summary>Taking texts apart, and replacing parts of them, as Python does.</summary>
internal static class TextSplitting
{
    /// <param name="renderer">Its limits count.</param>
    /// <param name="text">The text.</param>
    /// <param name="separator">Null for any amount of white space.</param>
    /// <param name="limit">How many times to split; negative for no limit.</param>
    public static Sequence Split(Renderer renderer, string text, string? separator, long limit) =>
        ToList(renderer, separator is null ? Words(text, limit) : Parts(renderer, text, NotEmpty(separator), limit));

    /// <summary>The same, beginning at the end where the limit matters.</summary>
    public static Sequence SplitFromEnd(Renderer renderer, string text, string? separator, long limit)
    {
        if (limit < 0) return Split(renderer, text, separator, limit);
        if (separator is null) throw RenderingException.Failed("rsplit with a limit needs a separator");

        List<int> places = [];
        for (int at = 0; (at = TextSearch.IndexOf(renderer, text, NotEmpty(separator), at)) >= 0; at += separator.Length)
        {
            renderer.Budget.AllocateItems(1);
            places.Add(at);
        }

        var parts = new List<string>();
        int start = 0;
        foreach (int place in places.Skip((int)Math.Max(0, places.Count - limit)))
        {
            parts.Add(text[start..place]);
            start = place + separator.Length;
        }

        return ToList(renderer, parts.Append(text[start..]));
    }

    public static IEnumerable<string> Lines(string text, bool keepsEnds)
    {
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('\n' or '\r' or '\v' or '\f' or (>= '\x1c' and <= '\x1e') or '\x85' or '\u2028' or '\u2029')) continue;
            int end = i;
            if (text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n') i++;
            yield return text[start..(keepsEnds ? i + 1 : end)];
            start = i + 1;
        }

        if (start < text.Length) yield return text[start..];
    }

    public static Sequence Partition(Renderer renderer, string text, string separator, bool fromEnd)
    {
        int at = fromEnd
            ? TextSearch.LastIndexOf(renderer, text, NotEmpty(separator))
            : TextSearch.IndexOf(renderer, text, NotEmpty(separator));
        renderer.Budget.AllocateText(text.Length);
        if (at < 0) return fromEnd ? Sequence.Tuple("", "", text) : Sequence.Tuple(text, "", "");
        return Sequence.Tuple(text[..at], separator, text[(at + separator.Length)..]);
    }

    /// <param name="renderer">Its limits count.</param>
    /// <param name="text">The text.</param>
    /// <param name="old">What is replaced; empty for the places before, between and after all characters.</param>
    /// <param name="replacement">What takes its place.</param>
    /// <param name="limit">How many to replace; negative for all.</param>
    public static string Replace(Renderer renderer, string text, string old, string replacement, long limit)
    {
        if (limit < 0) limit = long.MaxValue;
        var target = new BoundedText(renderer.Budget);
        int written = 0;
        for (int at = 0; limit > 0 && at <= text.Length && (at = TextSearch.IndexOf(renderer, text, old, at)) >= 0; limit--)
        {
            target.Append(text.AsSpan(written..at));
            target.Append(replacement);
            written = at;
            renderer.Budget.Step();
            at += old.Length > 0 ? old.Length : at < text.Length ? CodePoints.LengthAt(text, at) : 1;
            if (old.Length > 0) written = at;
        }

        target.Append(text.AsSpan(written));
        return target.ToString();
    }

    public static object Count(Renderer renderer, string text, string part)
    {
        if (part.Length == 0) return CodePoints.Count(text) + 1L;
        long count = 0;
        for (int at = 0; (at = TextSearch.IndexOf(renderer, text, part, at)) >= 0; at += part.Length)
        {
            renderer.Budget.Step();
            count++;
        }

        return count;
    }

    public static Sequence ToList(Renderer renderer, IEnumerable<string> parts)
    {
        var items = new List<object>();
        foreach (string part in parts)
        {
            renderer.Budget.AllocateItems(1);
            renderer.Budget.AllocateText(part.Length);
            items.Add(part);
        }

        return Sequence.List(items);
    }

    private static IEnumerable<string> Words(string text, long limit)
    {
        for (int at = 0; ; limit--)
        {
            while (at < text.Length && CodePoints.IsSpace(text[at])) at++;
            if (at == text.Length) yield break;
            int start = at;
            while (at < text.Length && (limit == 0 || !CodePoints.IsSpace(text[at]))) at++;
            yield return text[start..at];
        }
    }

    private static IEnumerable<string> Parts(Renderer renderer, string text, string separator, long limit)
    {
        int start = 0;
        for (; limit != 0; limit--)
        {
            int at = TextSearch.IndexOf(renderer, text, separator, start);
            if (at < 0) break;
            yield return text[start..at];
            start = at + separator.Length;
        }

        yield return text[start..];
    }

    private static string NotEmpty(string separator) =>
        separator.Length > 0 ? separator : throw RenderingException.Failed("the separator is empty");
}
