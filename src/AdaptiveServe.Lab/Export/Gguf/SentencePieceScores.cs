using System.Text;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Lab.Export.Gguf;

/// <summary>
/// Scores that make llama.cpp merge as a list of merges does. It knows no list: it joins any neighbours that form a piece, the piece of
/// the best score first, and of equal ones the leftmost, as SentencePiece does.
/// </summary>
internal static class SentencePieceScores
{
    /// <summary>A score for each piece of the table; the first to be merged has the best, 0.</summary>
    /// <exception cref="LabException">No scores say the same as the merges.</exception>
    public static float[] Compute(TokenizerDefinition tokenizer, TokenTable table)
    {
        EnsureEverySplitMerges(tokenizer, table);
        Dictionary<int, int> lastRanks = [];
        for (int rank = 0; rank < tokenizer.Merges.Count; rank++) lastRanks[tokenizer.Merges[rank].Result] = rank;

        // What is merged from several pairs stands together in the list, except where pieces have equal scores: their pairs mix.
        float[] scores = new float[table.Texts.Length];
        float score = 1;
        int end = -1;
        for (int rank = 0; rank < tokenizer.Merges.Count; rank++)
        {
            int piece = tokenizer.Merges[rank].Result;
            if (table.Types[piece] != TokenType.Normal) continue;
            if (rank > end) score--;
            scores[piece] = score;
            end = Math.Max(end, lastRanks[piece]);
        }

        for (int id = 0; id < scores.Length; id++)
            if (table.Types[id] is TokenType.Normal or TokenType.Unused && !lastRanks.ContainsKey(id)) scores[id] = score - 1;
        return scores;
    }

    /// <summary>Pieces trained elsewhere than in SentencePiece are merged from one pair only, and llama.cpp would find others.</summary>
    private static void EnsureEverySplitMerges(TokenizerDefinition tokenizer, TokenTable table)
    {
        HashSet<(int, int)> pairs = [.. tokenizer.Merges.Select(merge => (merge.Left, merge.Right))];
        foreach ((string piece, int id) in tokenizer.Vocabulary.Ids)
        {
            if (table.Types[id] != TokenType.Normal) continue;
            for (int i = 1; i < piece.Length; i++)
                if (Find(piece[..i]) is { } left && Find(piece[i..]) is { } right && !pairs.Contains((left, right)))
                    throw Refuse($"'{piece[..i]}' and '{piece[i..]}' form a piece, but are not merged");
            foreach (Rune character in piece.EnumerateRunes())
                if (Find(character.ToString()) is null) throw Refuse($"'{character}' in the piece '{piece}' is no piece");
        }

        int? Find(string text) =>
            tokenizer.Vocabulary.Find(text) is { } id && table.Types[id] is TokenType.Normal ? id : null;

        LabException Refuse(string reason) => new($"{tokenizer.File}: llama.cpp would merge otherwise: {reason}");
    }
}
