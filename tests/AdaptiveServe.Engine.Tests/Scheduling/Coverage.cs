using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Tests.Scheduling;

/// <summary>Counts what the sequences of simulations went through, so that a test can see that it tested something.</summary>
internal sealed class Coverage
{
    private readonly Dictionary<string, int> _counts = [];

    public int this[string key] => _counts.GetValueOrDefault(key);

    public void Add(string key, int count = 1) => _counts[key] = this[key] + count;

    public void Add(Sequence sequence, int drawnDrafts)
    {
        SequenceStats stats = sequence.Stats;
        Add("sequences");
        Add(sequence.FinishReason.ToString()!);
        Add("preemptions", stats.Preemptions);
        Add("prefix hits", Math.Sign(stats.CachedPromptTokens));
        Add("drafts accepted", stats.Accepted);
        Add("drafts rejected", stats.Drafted - stats.Accepted);
        Add("drafts dropped", drawnDrafts - stats.Drafted);
        Add("on both models", Math.Min(Math.Sign(stats.SmallTokens), Math.Sign(stats.LargeTokens)));
    }

    public override string ToString() =>
        string.Join(", ", _counts.OrderBy(count => count.Key).Select(count => $"{count.Value} {count.Key}"));
}
