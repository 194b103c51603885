using System.Text.Json;

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>
/// An answer of <c>/v1/chat/completions</c>, whole or joined from its parts; reading it checks its form. The trace is that of all parts.
/// </summary>
internal sealed record ChatReply(
    string Id, long Created, string Model, IReadOnlyList<ChatReplyChoice> Choices, TokenUsage? Usage, JsonElement Adaptive, IReadOnlyList<JsonElement> Trace)
{
    /// <summary>The text of the only choice.</summary>
    public string? Content => Assert.Single(Choices).Content;

    /// <summary>Why the only choice ended.</summary>
    public string? FinishReason => Assert.Single(Choices).FinishReason;

    /// <summary>What the only choice calls.</summary>
    public IReadOnlyList<ReplyCall> Calls => Assert.Single(Choices).Calls;

    public static ChatReply Read(JsonElement body)
    {
        Assert.Equal("chat.completion", body.GetProperty("object").GetString());
        var choices = body.GetProperty("choices").EnumerateArray().Select(ChatReplyChoice.Read).ToList();
        Assert.Equal(Enumerable.Range(0, choices.Count), choices.Select(choice => choice.Index));
        (string id, long created, string model) = Head(body);
        JsonElement adaptive = body.GetProperty("adaptive");
        return new ChatReply(id, created, model, choices, TokenUsage.Read(body), adaptive, TraceOf(adaptive));
    }

    /// <summary>Joins parts: all of one id; a choice's role comes first and once, its end last and once.</summary>
    public static ChatReply Join(IReadOnlyList<JsonElement> parts)
    {
        Assert.All(parts, part => Assert.False(part.TryGetProperty("error", out _), part.ToString()));
        Assert.All(parts, part => Assert.Equal("chat.completion.chunk", part.GetProperty("object").GetString()));
        (string id, long created, string model) = Assert.Single(parts.Select(Head).Distinct());
        var choices = parts.SelectMany(part => part.GetProperty("choices").EnumerateArray()).GroupBy(choice => choice.GetProperty("index").GetInt32())
            .OrderBy(group => group.Key).Select(group => ChatReplyChoice.Join(group.Key, [.. group])).ToList();
        List<JsonElement> adaptive = [.. parts.Where(part => part.TryGetProperty("adaptive", out _)).Select(part => part.GetProperty("adaptive"))];
        Assert.Equal(adaptive[^1], Assert.Single(adaptive, one => one.TryGetProperty("target", out _)));
        Assert.True(parts[^1].TryGetProperty("adaptive", out _));
        return new ChatReply(id, created, model, choices, TokenUsage.Read(parts[^1]), adaptive[^1], [.. adaptive.SelectMany(TraceOf)]);
    }

    private static (string Id, long Created, string Model) Head(JsonElement body)
    {
        Assert.StartsWith("chatcmpl-", body.GetProperty("id").GetString(), StringComparison.Ordinal);
        return (body.GetProperty("id").GetString()!, body.GetProperty("created").GetInt64(), body.GetProperty("model").GetString()!);
    }

    private static List<JsonElement> TraceOf(JsonElement adaptive) => adaptive.TryGetProperty("trace", out JsonElement trace) ? [.. trace.EnumerateArray()] : [];
}

internal sealed record ChatReplyChoice(int Index, string? Content, string? FinishReason, IReadOnlyList<ReplyCall> Calls, IReadOnlyList<JsonElement>? Logprobs)
{
    public static ChatReplyChoice Read(JsonElement choice)
    {
        JsonElement message = choice.GetProperty("message");
        Assert.Equal("assistant", message.GetProperty("role").GetString());
        Assert.Equal(JsonValueKind.Null, message.GetProperty("refusal").ValueKind);
        return new ChatReplyChoice(
            choice.GetProperty("index").GetInt32(), message.GetProperty("content").GetString(), choice.GetProperty("finish_reason").GetString(),
            CallsOf(message), LogprobsOf(choice));
    }

    public static ChatReplyChoice Join(int index, IReadOnlyList<JsonElement> parts)
    {
        List<JsonElement> deltas = [.. parts.Select(part => part.GetProperty("delta"))];
        Assert.Equal(("assistant", ""), (deltas[0].GetProperty("role").GetString(), deltas[0].GetProperty("content").GetString()));
        Assert.All(deltas[1..], delta => Assert.False(delta.TryGetProperty("role", out _)));
        Assert.Equal(parts[^1], Assert.Single(parts, part => part.GetProperty("finish_reason").ValueKind == JsonValueKind.String));
        Assert.Empty(deltas[^1].EnumerateObject());

        string text = string.Concat(deltas.Select(delta => delta.TryGetProperty("content", out JsonElement content) ? content.GetString() : ""));
        List<ReplyCall> calls = [.. deltas.SelectMany(CallsOf)];
        Assert.Equal(Enumerable.Range(0, calls.Count).Cast<int?>(), calls.Select(call => call.Index));
        List<IReadOnlyList<JsonElement>> logprobs = [.. parts.Select(LogprobsOf).OfType<IReadOnlyList<JsonElement>>()];
        return new ChatReplyChoice(
            index, text.Length == 0 && calls.Count > 0 ? null : text, parts[^1].GetProperty("finish_reason").GetString(),
            [.. calls.Select(call => call with { Index = null })], logprobs.Count == 0 ? null : [.. logprobs.SelectMany(part => part)]);
    }

    private static List<ReplyCall> CallsOf(JsonElement message) =>
        message.TryGetProperty("tool_calls", out JsonElement calls) ? [.. calls.EnumerateArray().Select(ReplyCall.Read)] : [];

    private static IReadOnlyList<JsonElement>? LogprobsOf(JsonElement choice) =>
        choice.GetProperty("logprobs") is { ValueKind: JsonValueKind.Object } logprobs ? [.. logprobs.GetProperty("content").EnumerateArray()] : null;
}

/// <summary>A tool call; <see cref="Index"/> in parts of a stream only.</summary>
internal sealed record ReplyCall(string Name, string Arguments, int? Index = null)
{
    public static ReplyCall Read(JsonElement call)
    {
        Assert.Equal("function", call.GetProperty("type").GetString());
        Assert.Matches("^call_[0-9a-f]{32}$", call.GetProperty("id").GetString());
        JsonElement function = call.GetProperty("function");
        return new ReplyCall(
            function.GetProperty("name").GetString()!, function.GetProperty("arguments").GetString()!,
            call.TryGetProperty("index", out JsonElement index) ? index.GetInt32() : null);
    }
}
