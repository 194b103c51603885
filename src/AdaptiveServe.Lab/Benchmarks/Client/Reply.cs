namespace AdaptiveServe.Lab.Benchmarks.Client;

/// <summary>How a request went: a complete answer with its times, or a failure.</summary>
internal sealed record Reply
{
    /// <summary>Null for a complete answer.</summary>
    public RequestFailure? Failure { get; init; }

    /// <summary>From arrival to the first text; null for an answer without text.</summary>
    public TimeSpan? TimeToFirstToken { get; init; }

    /// <summary>From arrival to the end of the stream.</summary>
    public TimeSpan EndToEnd { get; init; }

    /// <summary>Times between chunks with text.</summary>
    public IReadOnlyList<TimeSpan> Gaps { get; init; } = [];

    /// <summary>Null where the server did not count.</summary>
    public StreamChunk.TokenUsage? Usage { get; init; }

    /// <summary>(end to end - time to first token) / (tokens - 1); null for fewer than two tokens or an unknown number of them.</summary>
    public TimeSpan? TimePerOutputToken =>
        Usage is { CompletionTokens: > 1 } usage ? (EndToEnd - TimeToFirstToken) / (usage.CompletionTokens - 1) : null;

    public static Reply Failed(string kind, string message, int? status = null, string? code = null) =>
        new() { Failure = new RequestFailure(kind, message, status, code) };
}
