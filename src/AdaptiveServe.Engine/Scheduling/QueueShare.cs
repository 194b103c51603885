using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Scheduling;

/// <summary>A part of the queue: so many sequences, with so many prompt tokens.</summary>
internal readonly record struct QueueShare(int Sequences, long Tokens)
{
    public QueueShare With(Sequence sequence) => new(Sequences + 1, Tokens + sequence.PromptLength);
}
