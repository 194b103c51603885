namespace AdaptiveServe.Engine.Execution;

/// <summary>What became of a submission.</summary>
public enum SubmitResult
{
    Accepted,

    /// <summary>The queue is full; a later try may succeed.</summary>
    QueueFull,

    /// <summary>Prompt and token limit together exceed the context, or the KV memory: no later try can succeed.</summary>
    TooLong,

    /// <summary>The engine shuts down.</summary>
    Stopping,

    /// <summary>The engine cannot go on.</summary>
    Faulted,
}
