namespace AdaptiveServe.Lab.Benchmarks.Client;

/// <summary>What a measurement reads of one event of a stream, of either API.</summary>
internal sealed record StreamChunk(IReadOnlyList<StreamChunk.Choice>? Choices, StreamChunk.TokenUsage? Usage, ApiError? Error)
{
    /// <summary>Whether the user sees something new.</summary>
    public bool HasText => Choices?.Any(choice => !string.IsNullOrEmpty(choice.Text ?? choice.Delta?.Content)) ?? false;

    internal sealed record Choice(string? Text, ChatDelta? Delta);

    internal sealed record ChatDelta(string? Content);

    /// <summary>Exact counts; in the last chunk, where they were asked for.</summary>
    internal sealed record TokenUsage
    {
        public required int PromptTokens { get; init; }

        public required int CompletionTokens { get; init; }
    }
}
