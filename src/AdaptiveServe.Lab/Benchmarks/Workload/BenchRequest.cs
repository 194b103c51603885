namespace AdaptiveServe.Lab.Benchmarks.Workload;

/// <param name="Index">Its place in the sequence.</param>
/// <param name="At">When it arrives, counted from the beginning; null for as soon as another one is done.</param>
/// <param name="Prompt">What is asked.</param>
/// <param name="MaxTokens">How long its answer may be.</param>
internal sealed record BenchRequest(int Index, TimeSpan? At, Prompt Prompt, int MaxTokens);
