namespace AdaptiveServe.Lab.Benchmarks.Results;

/// <summary>What a run measured: times in milliseconds, rates by <paramref name="DurationS"/>. Failures count in no time.</summary>
/// <param name="DurationS">Seconds from the beginning to the end of the last answer.</param>
/// <param name="Succeeded">Requests with a complete answer.</param>
/// <param name="Failed">The others.</param>
/// <param name="RequestsPerSecond">Of those that succeeded.</param>
/// <param name="PromptTokens">As the server counts them.</param>
/// <param name="OutputTokens">As the server counts them.</param>
/// <param name="OutputTokensPerSecond">The output tokens by the duration.</param>
/// <param name="WithoutUsage">Complete answers without token counts: missing above and in <paramref name="TpotMs"/>.</param>
/// <param name="TtftMs">From arrival to the first text.</param>
/// <param name="ItlMs">Between chunks with text.</param>
/// <param name="TpotMs">(End to end - time to first token) / (output tokens - 1).</param>
/// <param name="E2eMs">From arrival to the end of the answer.</param>
/// <param name="SendLagMs">From arrival to sending: grows where the bound on requests under way, or this machine, holds them up.</param>
/// <param name="Goodput">Null where no service level was given.</param>
/// <param name="Errors">Failures by kind, the most frequent first.</param>
internal sealed record LoadResult(
    double DurationS,
    int Succeeded,
    int Failed,
    double RequestsPerSecond,
    long PromptTokens,
    long OutputTokens,
    double OutputTokensPerSecond,
    int WithoutUsage,
    LatencySummary TtftMs,
    LatencySummary ItlMs,
    LatencySummary TpotMs,
    LatencySummary E2eMs,
    LatencySummary SendLagMs,
    LoadResult.GoodputResult? Goodput,
    IReadOnlyList<FailureCount> Errors)
{
    /// <param name="TtftMs">The bound on the time to first token, if any.</param>
    /// <param name="TpotMs">The bound on the time per output token, if any.</param>
    /// <param name="Requests">How many kept both.</param>
    /// <param name="Share">Of all requests, failures included.</param>
    /// <param name="RequestsPerSecond">The goodput.</param>
    internal sealed record GoodputResult(double? TtftMs, double? TpotMs, int Requests, double Share, double RequestsPerSecond);
}
