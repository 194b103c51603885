using System.Text.Json.Serialization;
using AdaptiveServe.Server.OpenAI.Tools;

namespace AdaptiveServe.Server.OpenAI.Chat;

/// <summary>The answer of <c>/v1/chat/completions</c>.</summary>
internal sealed class ChatCompletion
{
    public required string Id { get; init; }

    public string Object { get; } = "chat.completion";

    public required long Created { get; init; }

    public required string Model { get; init; }

    public required IReadOnlyList<ChatChoice> Choices { get; init; }

    public required Usage Usage { get; init; }

    /// <summary>What was spent on the answer.</summary>
    public required Adaptive.AdaptiveReport Adaptive { get; init; }
}

internal sealed class ChatChoice
{
    public required int Index { get; init; }

    public required ChatAnswer Message { get; init; }

    public ChatLogprobs? Logprobs { get; init; }

    /// <summary><c>stop</c>, <c>length</c> or <c>tool_calls</c>.</summary>
    public string? FinishReason { get; init; }
}

/// <summary>The message of the assistant.</summary>
/// <param name="Role">Always <c>assistant</c>.</param>
/// <param name="Content">Its text; null when it only calls tools.</param>
/// <param name="Refusal">Always null: refusals are texts here.</param>
internal sealed record ChatAnswer(string Role, string? Content, string? Refusal = null)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ToolCall>? ToolCalls { get; init; }
}

/// <summary>A part of a streamed answer; reused for the next.</summary>
internal sealed class ChatChunk
{
    public required string Id { get; init; }

    public string Object { get; } = "chat.completion.chunk";

    public required long Created { get; init; }

    public required string Model { get; init; }

    public required ChatChunkChoice[] Choices { get; init; }

    /// <summary>Null in all parts but those that count the tokens.</summary>
    public Usage? Usage { get; set; }

    /// <summary>An <see cref="Adaptive.AdaptiveReport"/> with the last part, an <see cref="Adaptive.AdaptiveTrace"/> with others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public object? Adaptive { get; set; }
}

internal sealed class ChatChunkChoice
{
    public required int Index { get; init; }

    public ChatDelta Delta { get; } = new();

    public ChatLogprobs? Logprobs { get; set; }

    public string? FinishReason { get; set; }
}

/// <summary>What a part adds; absent members add nothing.</summary>
internal sealed class ChatDelta
{
    /// <summary><c>assistant</c> in a choice's first part.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Role { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Content { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ToolCall>? ToolCalls { get; set; }
}

/// <param name="Content">One entry a token.</param>
/// <param name="Refusal">Always null.</param>
internal sealed record ChatLogprobs(List<ChatTokenLogprob> Content, object? Refusal = null);

/// <param name="Token">Its text.</param>
/// <param name="Logprob">Natural logarithm of its probability under the model's raw distribution.</param>
/// <param name="Bytes">Its UTF-8 bytes, possibly a part of a character.</param>
/// <param name="TopLogprobs">The most likely tokens at its place.</param>
internal sealed record ChatTokenLogprob(string Token, float Logprob, IReadOnlyList<int> Bytes, IReadOnlyList<ChatTopLogprob> TopLogprobs);

internal sealed record ChatTopLogprob(string Token, float Logprob, IReadOnlyList<int> Bytes);
