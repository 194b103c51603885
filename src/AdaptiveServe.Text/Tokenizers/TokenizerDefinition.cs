using AdaptiveServe.Text.Tokenizers.Bpe;
using AdaptiveServe.Text.Tokenizers.Families;

namespace AdaptiveServe.Text.Tokenizers;

/// <summary>What the files of a model folder say about its tokenizer, checked and independent of their format.</summary>
internal sealed record TokenizerDefinition
{
    /// <summary>The file that the vocabulary comes from, for messages.</summary>
    public required string File { get; init; }

    public required Vocabulary Vocabulary { get; init; }

    /// <summary>In the order of their rank; each pair and its result are pieces of the vocabulary.</summary>
    public required IReadOnlyList<Merge> Merges { get; init; }

    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];

    public TextNormalizer Normalizer { get; init; } = TextNormalizer.None;

    /// <summary>The id for characters outside the vocabulary.</summary>
    public int? UnknownId { get; init; }

    /// <summary>Neighbouring unknown characters share one unknown token.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>Characters outside the vocabulary become a token for each of their UTF-8 bytes.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>A word that is a piece is that piece, whatever the merges would make of it.</summary>
    public bool IgnoreMerges { get; init; }

    /// <summary>How text is cut into words for a vocabulary of byte symbols; null for a vocabulary of characters.</summary>
    public WordSplitter? ByteLevelWords { get; init; }

    /// <summary>How spaces are written for a vocabulary of characters, where the normalizer does not see to that.</summary>
    public Metaspace? Metaspace { get; init; }

    /// <summary>Pairs of old and new text, applied to each piece of a character vocabulary when it is decoded.</summary>
    public IReadOnlyList<(string Old, string New)> DecoderReplacements { get; init; } = [];

    /// <summary>A decoded text loses its first character if that is a space.</summary>
    public bool StripsLeadingSpace { get; init; }

    /// <summary>Ids that open every encoded text.</summary>
    public IReadOnlyList<int> Prefix { get; init; } = [];

    /// <summary>Ids that end every encoded text.</summary>
    public IReadOnlyList<int> Suffix { get; init; } = [];

    /// <summary>The tokens with a part of their own, by the name that Hugging Face gives it, such as <c>bos_token</c>.</summary>
    public IReadOnlyDictionary<string, string> SpecialTokens { get; init; } = new Dictionary<string, string>();

    public int? BosId { get; init; }

    public int? EosId { get; init; }

    /// <summary>The id of the token of that text, if there is one.</summary>
    public int? Find(string content) => AddedTokens.FirstOrDefault(token => token.Content == content)?.Id ?? Vocabulary.Find(content);

    /// <summary>Whether there is a token of that id.</summary>
    public bool Has(int id) =>
        ((uint)id < (uint)Vocabulary.Size && Vocabulary[id] is not null) || AddedTokens.Any(token => token.Id == id);
}
