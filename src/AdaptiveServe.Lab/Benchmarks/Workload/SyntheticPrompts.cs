using System.Text;

namespace AdaptiveServe.Lab.Benchmarks.Workload;

/// <summary>Random sequences of short English words, which most vocabularies hold as one token each.</summary>
/// <remarks>No two of them begin alike for long, so a server's prefix cache has nothing to reuse.</remarks>
internal sealed class SyntheticPrompts(int seed) : IPromptSource
{
    private const int SeedStride = 2 * BenchWorkload.MaxRequests;

    private static readonly string[] Words =
    [
        "the", "of", "and", "to", "in", "is", "you", "that", "it", "he", "was", "for", "on", "are", "as", "with", "his", "they", "at",
        "be", "this", "have", "from", "or", "one", "had", "by", "but", "not", "what", "all", "were", "we", "when", "your", "can", "said",
        "there", "use", "an", "each", "which", "she", "do", "how", "their", "if", "will", "up", "other", "about", "out", "many", "then",
        "them", "so", "some", "her", "would", "make", "like", "him", "into", "time", "has", "look", "two", "more", "day", "could", "no",
    ];

    public Prompt Get(int index, int tokens)
    {
        // Generators take a negative seed for its absolute value, so the indices of warming up are moved above 0.
        Random random = new(unchecked(seed * SeedStride + BenchWorkload.MaxWarmup + index) & int.MaxValue);
        StringBuilder text = new();
        for (int i = 0; i < tokens; i++) text.Append(i == 0 ? "" : " ").Append(Words[random.Next(Words.Length)]);
        return new Prompt(text.ToString());
    }
}
