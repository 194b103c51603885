namespace AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;

/// <summary>How <see cref="EntropySwitchingStrategy"/> chooses the model of a sequence.</summary>
public sealed record EntropySwitchingOptions
{
    public const int MaxWindow = 4096;

    /// <value>
    /// Mean entropy in bits above which the large model takes over. A negative one begins on the large model and stays there; a very large
    /// one never leaves the small model. Default 1.
    /// </value>
    public double Threshold { get; init; } = 1;

    /// <value>Mean entropy in bits at or below which the small model takes over again; null for <see cref="Threshold"/>.</value>
    public double? ThresholdDown { get; init; }

    /// <value>Tokens that the mean is of; fewer while there are fewer. Default 5 (Simonds 2025).</value>
    public int Window { get; init; } = 5;

    /// <value>
    /// Tokens that a model gives before the other may take over. The token that makes them that many may already switch; a rule that asks
    /// for more than that many is this one with one more. Default 10 (Simonds 2025).
    /// </value>
    public int MinDwell { get; init; } = 10;

    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        if (double.IsNaN(Threshold)) throw new ArgumentException("The threshold is not a number.");
        if (ThresholdDown is { } down && !(down <= Threshold))
            throw new ArgumentException("The threshold down is at most the threshold.");
        if (Window is < 1 or > MaxWindow) throw new ArgumentException($"The window is 1 to {MaxWindow} tokens.");
        if (MinDwell < 1) throw new ArgumentException("The minimum dwell is 1 token or more.");
    }
}
