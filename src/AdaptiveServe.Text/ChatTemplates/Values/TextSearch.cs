using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>Finds a text in another, in time that does not grow with the product of their lengths.</summary>
internal static class TextSearch
{
    private const int ShortPattern = 64;
    private const int CharactersPerStep = 32;

    /// <summary>Where the pattern begins, at or after <paramref name="from"/>; -1 where it does not occur.</summary>
    public static int IndexOf(Renderer renderer, string text, string pattern, int from = 0)
    {
        if (pattern.Length > ShortPattern) return IndexOfLong(renderer, text, pattern, from, isLast: false);
        int index = text.IndexOf(pattern, from, StringComparison.Ordinal);
        renderer.Budget.Step(((index < 0 ? text.Length : index) - from) / CharactersPerStep);
        return index;
    }

    /// <summary>Where the pattern begins for the last time; -1 where it does not occur.</summary>
    public static int LastIndexOf(Renderer renderer, string text, string pattern)
    {
        if (pattern.Length > ShortPattern) return IndexOfLong(renderer, text, pattern, from: 0, isLast: true);
        renderer.Budget.Step(text.Length / CharactersPerStep);
        return text.LastIndexOf(pattern, StringComparison.Ordinal);
    }

    /// <summary>Knuth, Morris and Pratt.</summary>
    private static int IndexOfLong(Renderer renderer, string text, string pattern, int from, bool isLast)
    {
        renderer.Budget.AllocateText(2L * pattern.Length);
        renderer.Budget.Step((text.Length - from) / CharactersPerStep);
        int[] fallback = new int[pattern.Length + 1]; // for each matched length the next shorter one that the text then ends in
        for (int i = 1; i < pattern.Length; i++) fallback[i + 1] = Advance(fallback[i], pattern[i]);

        int matched = 0, found = -1;
        for (int i = from; i < text.Length && (isLast || found < 0); i++)
        {
            matched = Advance(matched, text[i]);
            if (matched < pattern.Length) continue;
            found = i + 1 - matched;
            matched = fallback[matched];
        }

        return found;

        int Advance(int matched, char character)
        {
            while (matched > 0 && pattern[matched] != character) matched = fallback[matched];
            return pattern[matched] == character ? matched + 1 : 0;
        }
    }
}
