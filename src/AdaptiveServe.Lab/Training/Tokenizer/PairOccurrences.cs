namespace AdaptiveServe.Lab.Training.Tokenizer;

/// <summary>How often a pair occurs, and in which words.</summary>
internal sealed class PairOccurrences
{
    public long Count { get; set; }

    /// <summary>Places in the list of words. Some may hold the pair no more, and some may be there twice.</summary>
    public List<int> Words { get; } = [];
}
