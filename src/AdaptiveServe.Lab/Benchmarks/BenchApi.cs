namespace AdaptiveServe.Lab.Benchmarks;

/// <summary>Which endpoint is asked.</summary>
internal enum BenchApi
{
    /// <summary><c>/v1/chat/completions</c>.</summary>
    Chat,

    /// <summary><c>/v1/completions</c>.</summary>
    Completions,
}
