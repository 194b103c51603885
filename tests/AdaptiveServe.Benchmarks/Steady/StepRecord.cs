namespace AdaptiveServe.Benchmarks.Steady;

/// <summary>One step of the engine.</summary>
internal readonly record struct StepRecord
{
    /// <summary>All of it.</summary>
    public TimeSpan Time { get; init; }

    /// <summary>Its share in layers and logits.</summary>
    public TimeSpan ModelTime { get; init; }

    /// <summary>What the engine's thread allocated.</summary>
    public long Bytes { get; init; }

    public int Tokens { get; init; }

    public int Samples { get; init; }

    /// <summary>True when no prompt took part.</summary>
    public bool IsDecode { get; init; }

    public TimeSpan Outside => Time - ModelTime;
}
