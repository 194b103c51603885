namespace AdaptiveServe.Text.Tokenizers.Families;

/// <summary>
/// What differs between kinds of vocabularies: how normalized text turns into the symbols that are merged, and how a piece turns back
/// into bytes. One class for each kind; <see cref="Create"/> chooses.
/// </summary>
internal abstract class TokenizerFamily
{
    /// <summary>
    /// How invalid UTF-8 decodes: true, a U+FFFD for each byte; false, one for each longest beginning of a character (the Unicode
    /// standard's recommendation).
    /// </summary>
    public abstract bool ReplacesEachInvalidByte { get; }

    /// <summary>Appends the ids of normalized text that holds no added token.</summary>
    /// <param name="text">The text, between two added tokens or the ends.</param>
    /// <param name="isFirst">Whether nothing comes before it.</param>
    /// <param name="ids">Where the ids go.</param>
    public abstract void Encode(ReadOnlySpan<char> text, bool isFirst, List<int> ids);

    /// <summary>The UTF-8 bytes that a piece, or an added token of this content, contributes to a text.</summary>
    public abstract byte[] Bytes(string piece);

    /// <exception cref="FormatException">The vocabulary lacks what its kind needs.</exception>
    public static TokenizerFamily Create(TokenizerDefinition definition) => definition.ByteLevelWords is { } words
        ? new ByteLevelFamily(definition, words)
        : new SentencePieceFamily(definition);
}
