namespace AdaptiveServe.Lab.Benchmarks.Results;

/// <summary>A distribution of times in milliseconds; all 0 where <paramref name="Count"/> is.</summary>
internal sealed record LatencySummary(long Count, double Mean, double P50, double P90, double P99, double Max);
