namespace AdaptiveServe.Text.Tokenizers.Families;

/// <summary>How a vocabulary of characters writes spaces, as a step of its own before words are merged.</summary>
/// <param name="Space">What stands for a space, and before the first word.</param>
/// <param name="Scheme">Which texts get one put before them.</param>
/// <param name="Cuts">Whether merging stops before each of them.</param>
internal sealed record Metaspace(char Space, Metaspace.Prepends Scheme, bool Cuts)
{
    public enum Prepends
    {
        /// <summary>No text.</summary>
        Never,

        /// <summary>The text that everything begins with.</summary>
        First,

        /// <summary>That, and each text after an added token.</summary>
        Always,
    }

    public string Apply(ReadOnlySpan<char> text, bool isFirst)
    {
        string spaced = text.ToString().Replace(' ', Space);
        bool prepends = Scheme == Prepends.Always || (Scheme == Prepends.First && isFirst);
        return prepends && spaced.Length > 0 && spaced[0] != Space ? Space + spaced : spaced;
    }
}
