namespace AdaptiveServe.Lab.Training.Tokenizer;

/// <summary>
/// Knows the most frequent pair of neighbours in a list of words while pairs are merged. A merge looks only at the words that hold its
/// pair. Pairs wait in a heap under the count they had when they came or grew; one that has lost since is put back when it is its turn.
/// </summary>
internal sealed class PairTable
{
    private readonly IReadOnlyList<TrainingWord> _words;
    private readonly Dictionary<SymbolPair, PairOccurrences> _pairs = [];
    private readonly PriorityQueue<SymbolPair, (long Negated, int Left, int Right)> _queue = new();
    private readonly HashSet<SymbolPair> _grown = [];

    public PairTable(IReadOnlyList<TrainingWord> words)
    {
        _words = words;
        for (int i = 0; i < words.Count; i++)
            for (int j = 0; j + 1 < words[i].Symbols.Length; j++)
                AddPair(new(words[i].Symbols[j], words[i].Symbols[j + 1]), i);
        foreach (SymbolPair pair in _pairs.Keys) Enqueue(pair);
    }

    /// <summary>The pair that occurs most often, of several the one with the lowest ids.</summary>
    /// <returns>False if none occurs as often as <paramref name="minFrequency"/>.</returns>
    public bool TryTakeMostFrequent(long minFrequency, out SymbolPair pair)
    {
        while (_queue.TryDequeue(out pair, out (long Negated, int, int) order) && -order.Negated >= minFrequency)
        {
            long count = _pairs.TryGetValue(pair, out PairOccurrences? occurrences) ? occurrences.Count : 0;
            if (count == -order.Negated) return true;
            if (count > 0 && count < -order.Negated) Enqueue(pair); // where it has grown, it waits under its new count too
        }

        return false;
    }

    /// <summary>Merges a pair in all words.</summary>
    public void Merge(SymbolPair pair, int result)
    {
        foreach (int place in _pairs[pair].Words)
        {
            TrainingWord word = _words[place];
            if (!word.Contains(pair)) continue;
            Remove(word);
            word.Merge(pair, result);
            Add(place, result);
        }

        _pairs.Remove(pair);
        foreach (SymbolPair grown in _grown) Enqueue(grown);
        _grown.Clear();
    }

    private void Remove(TrainingWord word)
    {
        ReadOnlySpan<int> symbols = word.Symbols;
        for (int i = 0; i + 1 < symbols.Length; i++) _pairs[new(symbols[i], symbols[i + 1])].Count -= word.Count;
    }

    /// <summary>Only pairs with the merge's result can be new to a word.</summary>
    private void Add(int place, int result)
    {
        TrainingWord word = _words[place];
        ReadOnlySpan<int> symbols = word.Symbols;
        for (int i = 0; i + 1 < symbols.Length; i++)
        {
            SymbolPair pair = new(symbols[i], symbols[i + 1]);
            if (pair.Left != result && pair.Right != result)
            {
                _pairs[pair].Count += word.Count;
                continue;
            }

            AddPair(pair, place);
            _grown.Add(pair);
        }
    }

    private void AddPair(SymbolPair pair, int place)
    {
        if (!_pairs.TryGetValue(pair, out PairOccurrences? occurrences)) _pairs.Add(pair, occurrences = new());
        occurrences.Count += _words[place].Count;
        if (occurrences.Words is not [.., var last] || last != place) occurrences.Words.Add(place);
    }

    private void Enqueue(SymbolPair pair) => _queue.Enqueue(pair, (-_pairs[pair].Count, pair.Left, pair.Right));
}
