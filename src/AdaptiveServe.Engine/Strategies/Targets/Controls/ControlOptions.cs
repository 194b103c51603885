namespace AdaptiveServe.Engine.Strategies.Targets.Controls;

/// <summary>How <see cref="RandomSwitchingStrategy"/> and <see cref="PeriodicSwitchingStrategy"/> divide a sequence.</summary>
public sealed record ControlOptions
{
    /// <value>Share of the segments that the large model gives, in [0, 1]. Default 0.5.</value>
    public double Share { get; init; } = 0.5;

    /// <value>Tokens that are given by one model before the next choice. Default 10.</value>
    public int Segment { get; init; } = 10;

    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        if (!(Share >= 0 && Share <= 1)) throw new ArgumentException("The share is 0 to 1.");
        if (Segment < 1) throw new ArgumentException("A segment has 1 token or more.");
    }
}
