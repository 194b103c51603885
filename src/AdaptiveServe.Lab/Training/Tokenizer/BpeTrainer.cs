namespace AdaptiveServe.Lab.Training.Tokenizer;

/// <summary>
/// Learns the merges of byte pair encoding (Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units") over the
/// bytes of texts (Radford et al. 2019, "Language Models are Unsupervised Multitask Learners"). The same texts give the same tokenizer.
/// </summary>
internal static class BpeTrainer
{
    /// <summary>
    /// Makes the most frequent pair of neighbours one token, again and again, until the vocabulary is full or no pair is frequent enough.
    /// </summary>
    /// <exception cref="ArgumentException">An option is out of its range, or the pattern is not valid.</exception>
    public static TrainedTokenizer Train(IEnumerable<string> texts, BpeTrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var counter = new WordCounter(options.SpecialTokens, options.Pattern);
        foreach (string text in texts) counter.Add(text);

        var pieces = new PieceTable(options.SpecialTokens);
        return new TrainedTokenizer
        {
            SpecialTokens = options.SpecialTokens,
            Pattern = options.Pattern,
            Merges = Learn(new PairTable(counter.Words(pieces)), pieces, options),
            Pieces = pieces.Pieces,
        };
    }

    /// <summary>
    /// A pair can come back after its merge, where another pair spells its left or right piece too; it is merged again, as encoding would,
    /// and has its rank already.
    /// </summary>
    private static List<SymbolPair> Learn(PairTable table, PieceTable pieces, BpeTrainingOptions options)
    {
        List<SymbolPair> merges = [];
        HashSet<SymbolPair> known = [];
        while (pieces.Count < options.VocabularySize && table.TryTakeMostFrequent(options.MinFrequency, out SymbolPair pair))
        {
            int result = pieces.Join(pair);
            if (known.Add(pair)) merges.Add(pair);
            table.Merge(pair, result);
        }

        return merges;
    }
}
