namespace AdaptiveServe.Server.Generation;

/// <summary>How an answer comes.</summary>
/// <param name="Streams">In parts, as server-sent events.</param>
/// <param name="IncludesUsage">The last part counts the tokens.</param>
/// <param name="ContinuousUsage">Every part does.</param>
internal readonly record struct StreamPlan(bool Streams, bool IncludesUsage, bool ContinuousUsage);
