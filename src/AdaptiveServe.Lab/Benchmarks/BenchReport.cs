using AdaptiveServe.Lab.Benchmarks.Results;

namespace AdaptiveServe.Lab.Benchmarks;

/// <summary>What the JSON file holds: what was asked, with everything that was left open filled in, and what came of it.</summary>
internal sealed record BenchReport(DateTimeOffset StartedAt, BenchOptions Options, LoadResult Result);
