using System.Text.Json.Serialization;

namespace AdaptiveServe.Server.OpenAI.Completions;

/// <summary>The answer of <c>/v1/completions</c>, and each part of a streamed one; a part is reused for the next.</summary>
internal sealed class CompletionResponse
{
    public required string Id { get; init; }

    public string Object { get; } = "text_completion";

    public required long Created { get; init; }

    public required string Model { get; init; }

    public required CompletionChoice[] Choices { get; init; }

    /// <summary>Null in all parts of a stream but those that count the tokens.</summary>
    public Usage? Usage { get; set; }

    /// <summary>An <see cref="Adaptive.AdaptiveReport"/> with the whole or the last part, an <see cref="Adaptive.AdaptiveTrace"/> with others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public object? Adaptive { get; set; }
}

internal sealed class CompletionChoice
{
    public required int Index { get; init; }

    public string Text { get; set; } = "";

    public CompletionLogprobs? Logprobs { get; set; }

    /// <summary><c>stop</c>, <c>length</c>, or null while it goes on.</summary>
    public string? FinishReason { get; set; }
}

/// <summary>Log-probabilities in the form of the older API: parallel lists, one entry a token.</summary>
internal sealed class CompletionLogprobs
{
    public List<string> Tokens { get; } = [];

    /// <summary>Null for a token that nothing comes before.</summary>
    public List<float?> TokenLogprobs { get; } = [];

    public List<IReadOnlyDictionary<string, float>?> TopLogprobs { get; } = [];

    /// <summary>Characters of the text before each token.</summary>
    public List<int> TextOffset { get; } = [];
}
