using System.Text.Json.Serialization;
using AdaptiveServe.Lab.Evaluation.Statistics;

namespace AdaptiveServe.Lab.Evaluation.Methods;

/// <summary>A method of a comparison. Intervals are of the paired bootstrap over examples, at 95 %.</summary>
internal sealed record CompareRow(string Method, string Setting)
{
    public required double Accuracy { get; init; }

    public required Interval Interval95 { get; init; }

    /// <summary>Accuracy on each seed's examples.</summary>
    public required IReadOnlyList<double> Seeds { get; init; }

    /// <summary>The accuracy as a share of the large model's.</summary>
    public required double Quality { get; init; }

    public required Interval Quality95 { get; init; }

    /// <summary>Share of the completion tokens that the large model generated.</summary>
    public required double GeneratedByLarge { get; init; }

    /// <summary>The same with those that it ran over to catch up, or to verify.</summary>
    public required double ProcessedByLarge { get; init; }

    /// <summary>Times that the generating model changed, for each reply.</summary>
    public required double Switches { get; init; }

    /// <summary>Wall clock of all replies; absent for what was put together from other runs.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Seconds { get; init; }

    /// <summary>The large model's time for as many tokens, divided by this one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Speed { get; init; }

    /// <summary>Of switching: its accuracy minus that of a control of the same share.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, Difference>? Over { get; init; }
}
