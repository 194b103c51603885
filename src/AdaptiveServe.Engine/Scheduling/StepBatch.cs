using System.Runtime.InteropServices;
using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Scheduling;

/// <summary>One ragged forward of one model: any mix of prompt chunks, decode rows, catch-ups and drafts to verify. Reused by every step.</summary>
public sealed class StepBatch(ModelRole role)
{
    private readonly List<ScheduledSequence> _rows = [];

    public ModelRole Role { get; } = role;

    public ReadOnlySpan<ScheduledSequence> Rows => CollectionsMarshal.AsSpan(_rows);

    /// <summary>Tokens to run, all rows together.</summary>
    public int TokenCount { get; private set; }

    /// <summary>Samples to draw, all rows together.</summary>
    public int SampleCount { get; private set; }

    /// <summary>True when every token is sampled after: next tokens and drafts, no prompts and nothing to catch up with.</summary>
    public bool IsDecode => SampleCount == TokenCount;

    public bool IsEmpty => _rows.Count == 0;

    internal void Add(RunningSequence running, int start, int count, int sampleCount, bool isDraft, DraftBranch? branch = null)
    {
        _rows.Add(new ScheduledSequence(running, start, count, sampleCount, SampleCount, isDraft, branch));
        TokenCount += count;
        SampleCount += sampleCount;
    }

    internal void Clear()
    {
        _rows.Clear();
        TokenCount = SampleCount = 0;
    }
}
