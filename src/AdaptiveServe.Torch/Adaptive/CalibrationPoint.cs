using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;

namespace AdaptiveServe.Torch.Adaptive;

/// <summary>A setting of the target <c>entropy</c>, and what was measured with it.</summary>
public sealed record CalibrationPoint
{
    public required string Criterion { get; init; }

    public required double Threshold { get; init; }

    /// <value>Null for what <see cref="EntropySwitchingOptions.ThresholdDown"/> says of null.</value>
    public double? ThresholdDown { get; init; }

    /// <value>Whether the doubtful token itself is replaced; false where a file does not say.</value>
    public bool Replace { get; init; }

    public required int Window { get; init; }

    public required int MinDwell { get; init; }

    /// <value>Share of the examples that were answered correctly.</value>
    public required double Accuracy { get; init; }

    /// <value>The accuracy as a share of the large model's on the same examples.</value>
    public required double Quality { get; init; }

    /// <value>From and to: 95 % of repetitions with other examples would give a quality within.</value>
    public required IReadOnlyList<double> Quality95 { get; init; }

    /// <value>Share of the completion tokens that the large model generated: the cost by which points are ordered.</value>
    public required double GeneratedByLarge { get; init; }

    /// <value>The same with those that it ran over to catch up.</value>
    public required double ProcessedByLarge { get; init; }

    /// <value>Times that the generating model changed, for each answer.</value>
    public required double Switches { get; init; }

    /// <summary>What a request would say to get it.</summary>
    public EntropySwitchingOptions ToOptions() => new()
    {
        Criterion = Criterion,
        Threshold = Threshold,
        ThresholdDown = ThresholdDown,
        Replace = Replace,
        Window = Window,
        MinDwell = MinDwell,
    };
}
