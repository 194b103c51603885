using AdaptiveServe.Lab.Benchmarks.Client;

namespace AdaptiveServe.Lab.Benchmarks.Results;

/// <summary>Failures by kind. Beyond <see cref="MaxKinds"/> kinds the server's codes are put together as <c>other</c>.</summary>
internal sealed class FailureCounts
{
    public const int MaxKinds = 64;

    private readonly Dictionary<(string Kind, int? Status, string? Code), FailureCount> _counts = [];

    public void Add(RequestFailure failure)
    {
        (string, int?, string? Code) key = (failure.Kind, failure.Status, failure.Code);
        if (_counts.Count >= MaxKinds && !_counts.ContainsKey(key)) key.Code = "other";
        FailureCount count = _counts.GetValueOrDefault(key) ?? new FailureCount(failure.Kind, failure.Status, key.Code, 0, failure.Message);
        _counts[key] = count with { Count = count.Count + 1 };
    }

    /// <summary>The most frequent first.</summary>
    public IReadOnlyList<FailureCount> List() => [.. _counts.Values.OrderByDescending(count => count.Count)];
}
