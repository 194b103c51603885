namespace AdaptiveServe.Lab.Scoring;

/// <summary>Finds words that are no part of longer ones.</summary>
internal static class WholeWords
{
    /// <summary>Whether the words stand in the text, upper and lower case told apart, with no letter or digit right beside them.</summary>
    public static bool Contains(ReadOnlySpan<char> text, ReadOnlySpan<char> words)
    {
        if (words.IsEmpty) return false;
        for (int from = 0; from <= text.Length - words.Length; from++)
        {
            int at = text[from..].IndexOf(words, StringComparison.Ordinal);
            if (at < 0) return false;
            from += at;
            int end = from + words.Length;
            bool begins = from == 0 || !char.IsLetterOrDigit(text[from - 1]);
            if (begins && (end == text.Length || !char.IsLetterOrDigit(text[end]))) return true;
        }

        return false;
    }
}
