namespace AdaptiveServe.Engine.Sequences;

/// <summary>Where a sequence stands in the scheduler.</summary>
public enum SequenceStatus
{
    /// <summary>Submitted, holds no blocks yet.</summary>
    Waiting,

    /// <summary>Takes part in steps.</summary>
    Running,

    /// <summary>Was running, gave its blocks back when memory ran out, and will be recomputed.</summary>
    Preempted,

    /// <summary>Has a <see cref="FinishReason"/> and holds no blocks.</summary>
    Finished,
}
