namespace AdaptiveServe.Lab.Benchmarks.Workload;

/// <param name="At">When the request arrives, counted from the beginning; null for as soon as another one is done.</param>
/// <param name="PromptTokens">About how long its prompt is.</param>
/// <param name="MaxTokens">How long its answer may be.</param>
internal readonly record struct Arrival(TimeSpan? At, int PromptTokens, int MaxTokens);
