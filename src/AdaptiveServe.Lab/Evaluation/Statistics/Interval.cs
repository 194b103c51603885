using System.Text.Json.Serialization;

namespace AdaptiveServe.Lab.Evaluation.Statistics;

/// <summary>From low to high; in JSON an array of the two.</summary>
[JsonConverter(typeof(IntervalConverter))]
internal readonly record struct Interval(double Low, double High);
