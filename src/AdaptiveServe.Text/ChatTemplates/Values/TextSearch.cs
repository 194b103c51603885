using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>Finds a text in another, in time that does not grow with the product of their lengths.</summary>
internal static class TextSearch
{
    private const int ShortPattern = 64;

    /// <summary>Where the pattern begins, at or after <paramref name="from"/>; -1 where it does not occur.</summary>
    public static int IndexOf(Renderer renderer, string text, string pattern, int from = 0)
    {
        if (pattern.Length <= ShortPattern)
        {
            int index = text.IndexOf(pattern, from, StringComparison.Ordinal);
            renderer.Budget.Step(((index < 0 ? text.Length : index) - from) / 16);
            return index;
        }

        renderer.Budget.AllocateText(2L * pattern.Length);
        renderer.Budget.Step((text.Length - from) / 8);
        return IndexOfLong(text, pattern, from);
    }

    /// <summary>Where the pattern begins for the last time; -1 where it does not occur.</summary>
    public static int LastIndexOf(Renderer renderer, string text, string pattern)
    {
        if (pattern.Length == 0) return text.Length;
        int last = -1;
        for (int index = 0; (index = IndexOf(renderer, text, pattern, index)) >= 0; index++) last = index;
        return last;
    }

    /// <summary>Knuth, Morris and Pratt.</summary>
    private static int IndexOfLong(string text, string pattern, int from)
    {
        int[] fallback = new int[pattern.Length + 1]; // for each matched length the next shorter one that the text then ends in
        for (int i = 1; i < pattern.Length; i++) fallback[i + 1] = Advance(fallback[i], pattern[i]);

        int matched = 0;
        for (int i = from; i < text.Length; i++)
        {
            matched = Advance(matched, text[i]);
            if (matched == pattern.Length) return i + 1 - matched;
        }

        return -1;

        int Advance(int matched, char character)
        {
            while (matched > 0 && pattern[matched] != character) matched = fallback[matched];
            return pattern[matched] == character ? matched + 1 : 0;
        }
    }
}
