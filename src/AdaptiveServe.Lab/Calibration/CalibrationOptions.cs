namespace AdaptiveServe.Lab.Calibration;

/// <summary>What the command line says.</summary>
internal sealed record CalibrationOptions
{
    /// <value>A folder, or <c>demo</c> for the pair that comes with the project.</value>
    public required string Model { get; init; }

    public string? SmallModel { get; init; }

    public required string Suite { get; init; }

    /// <value>Folder that gets <c>adaptive/calibration.json</c>.</value>
    public required string Out { get; init; }

    /// <value>Examples at most: half of them to choose settings, the other half to measure the chosen ones. Default 600.</value>
    public int Limit { get; init; } = 600;

    /// <value>Draws the examples of the demo suite. Default 11, which no documented evaluation uses.</value>
    public int Seed { get; init; } = 11;

    /// <value>What says how unsure a model is. Default <c>entropy</c>.</value>
    public string Criterion { get; init; } = "entropy";

    public int Concurrency { get; init; } = 32;

    /// <value>0 takes all cores.</value>
    public int Threads { get; init; }

    public int MaxTokens { get; init; } = 512;

    /// <value>What holds where a request sets nothing. Default 0.95.</value>
    public double DefaultQuality { get; init; } = 0.95;
}
