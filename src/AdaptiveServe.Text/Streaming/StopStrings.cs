namespace AdaptiveServe.Text.Streaming;

/// <summary>Texts that end a text, prepared once for all the texts that they may end. Immutable.</summary>
public sealed class StopStrings
{
    /// <param name="texts">None of them empty; the list may be.</param>
    public StopStrings(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (texts.Any(string.IsNullOrEmpty)) throw new ArgumentException("A stop string is empty.", nameof(texts));
        Patterns = [.. texts.Select(text => new Pattern(text))];
    }

    internal Pattern[] Patterns { get; }

    /// <summary>A stop string and where to go on after a mismatch (Knuth, Morris and Pratt).</summary>
    internal sealed class Pattern
    {
        private readonly int[] _fallback; // for each matched length the next shorter one that the text then ends in

        public Pattern(string text)
        {
            Text = text;
            _fallback = new int[text.Length + 1];
            for (int i = 1; i < text.Length; i++) _fallback[i + 1] = Next(_fallback[i], text[i]);
        }

        public string Text { get; }

        /// <summary>How much of it a text ends in after one more character. Must not be called once the whole string has matched.</summary>
        public int Next(int matched, char character)
        {
            while (matched > 0 && Text[matched] != character) matched = _fallback[matched];
            return Text[matched] == character ? matched + 1 : 0;
        }
    }
}
