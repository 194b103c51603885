using AdaptiveServe.Text.Tokenizers.Bpe;

namespace AdaptiveServe.Text.Tokenizers;

/// <summary>A pair of models exchanges token ids, so both must mean the same by each of them.</summary>
public static class TokenizerPair
{
    /// <summary>Compares vocabulary, special tokens and merges.</summary>
    /// <exception cref="TokenizerLoadException">
    /// They differ; names the small model's file and the first token that differs, or the sizes.
    /// </exception>
    public static void EnsureSame(TextTokenizer large, TextTokenizer small)
    {
        ArgumentNullException.ThrowIfNull(large);
        ArgumentNullException.ThrowIfNull(small);
        if (FirstDifference(large, small) is { } difference)
            throw new TokenizerLoadException(
                small.Definition.File, $"the tokenizer differs from the large model's ({large.Definition.File}): {difference}");
    }

    private static string? FirstDifference(TextTokenizer large, TextTokenizer small)
    {
        for (int id = 0; id < Math.Min(large.VocabularySize, small.VocabularySize); id++)
        {
            if (large.Piece(id) != small.Piece(id)) return $"token {id} is '{small.Piece(id)}', not '{large.Piece(id)}'";
            if (large.IsSpecial(id) != small.IsSpecial(id))
                return $"token {id} ('{large.Piece(id)}') is {Kind(small, id)}, in the large model {Kind(large, id)}";
        }

        if (large.VocabularySize != small.VocabularySize) return $"it has {small.VocabularySize} tokens, not {large.VocabularySize}";
        if (large.BosId != small.BosId)
            return $"the token that begins a sequence is {Name(small, small.BosId)}, not {Name(large, large.BosId)}";
        if (large.EosId != small.EosId)
            return $"the token that ends a sequence is {Name(small, small.EosId)}, not {Name(large, large.EosId)}";
        return FirstDifference(large.Definition.Merges, small.Definition.Merges, large);
    }

    private static string? FirstDifference(IReadOnlyList<Merge> large, IReadOnlyList<Merge> small, TextTokenizer tokenizer)
    {
        for (int rank = 0; rank < Math.Min(large.Count, small.Count); rank++)
            if (large[rank] != small[rank]) return $"merge {rank} is {Name(small[rank])}, not {Name(large[rank])}";

        return large.Count != small.Count ? $"it has {small.Count} merges, not {large.Count}" : null;

        string Name(Merge merge) => $"'{tokenizer.Piece(merge.Left)}' with '{tokenizer.Piece(merge.Right)}'";
    }

    private static string Kind(TextTokenizer tokenizer, int id) => tokenizer.IsSpecial(id) ? "special" : "not special";

    private static string Name(TextTokenizer tokenizer, int? id) => id is { } token ? $"{token} ('{tokenizer.Piece(token)}')" : "not named";
}
