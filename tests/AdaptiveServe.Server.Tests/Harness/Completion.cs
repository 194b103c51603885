using System.Text;
using System.Text.Json;

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>An answer of <c>/v1/completions</c>, whole or joined from its parts; reading it checks its form.</summary>
internal sealed record Completion(string Id, long Created, string Model, IReadOnlyList<CompletionChoice> Choices, TokenUsage? Usage)
{
    /// <summary>The text of the only choice.</summary>
    public string Text => Assert.Single(Choices).Text;

    /// <summary>Why the only choice ended.</summary>
    public string? FinishReason => Assert.Single(Choices).FinishReason;

    public CompletionLogprobs Logprobs => Assert.Single(Choices).Logprobs!;

    public IEnumerable<string> Texts => Choices.Select(choice => choice.Text);

    public static Completion Read(JsonElement body)
    {
        Assert.Equal("text_completion", body.GetProperty("object").GetString());
        string id = body.GetProperty("id").GetString()!;
        Assert.StartsWith("cmpl-", id, StringComparison.Ordinal);
        var choices = body.GetProperty("choices").EnumerateArray().Select(CompletionChoice.Read).ToList();
        Assert.Equal(Enumerable.Range(0, choices.Count), choices.Select(choice => choice.Index));
        long created = body.GetProperty("created").GetInt64();
        return new Completion(id, created, body.GetProperty("model").GetString()!, choices, TokenUsage.Read(body));
    }

    /// <summary>Joins parts: all of one id, and exactly one part, the last, that ends a choice.</summary>
    public static Completion Join(IReadOnlyList<JsonElement> parts)
    {
        Assert.All(parts, part => Assert.False(part.TryGetProperty("error", out _), part.ToString()));
        Assert.Single(parts.Select(Head).Distinct());

        var choices = new SortedDictionary<int, List<CompletionChoice>>();
        foreach (JsonElement part in parts)
        {
            if (part.GetProperty("choices").GetArrayLength() == 0) continue; // counts the tokens
            CompletionChoice choice = CompletionChoice.Read(part.GetProperty("choices")[0]);
            if (!choices.TryAdd(choice.Index, [choice])) choices[choice.Index].Add(choice);
        }

        (string? id, long created, string? model) = Head(parts[0]);
        return new Completion(id!, created, model!, [.. choices.Values.Select(CompletionChoice.Join)], TokenUsage.Read(parts[^1]));

        static (string?, long, string?) Head(JsonElement part) =>
            (part.GetProperty("id").GetString(), part.GetProperty("created").GetInt64(), part.GetProperty("model").GetString());
    }
}

internal sealed record CompletionChoice(int Index, string Text, string? FinishReason, CompletionLogprobs? Logprobs)
{
    public static CompletionChoice Read(JsonElement choice) => new(
        choice.GetProperty("index").GetInt32(), choice.GetProperty("text").GetString()!, choice.GetProperty("finish_reason").GetString(),
        choice.GetProperty("logprobs") is { ValueKind: JsonValueKind.Object } logprobs ? CompletionLogprobs.Read(logprobs) : null);

    public static CompletionChoice Join(IReadOnlyList<CompletionChoice> parts)
    {
        Assert.Equal(parts[^1], Assert.Single(parts, part => part.FinishReason is not null));
        var text = new StringBuilder();
        foreach (CompletionChoice part in parts) text.Append(part.Text);
        List<CompletionLogprobs> logprobs = [.. parts.Where(part => part.Logprobs is not null).Select(part => part.Logprobs!)];
        CompletionLogprobs? joined = logprobs.Count == 0 ? null : CompletionLogprobs.Join(logprobs);
        return new CompletionChoice(parts[0].Index, text.ToString(), parts[^1].FinishReason, joined);
    }
}

/// <summary>Parallel lists, one entry a token.</summary>
internal sealed record CompletionLogprobs(
    IReadOnlyList<string> Tokens, IReadOnlyList<float?> TokenLogprobs,
    IReadOnlyList<IReadOnlyDictionary<string, float>?> TopLogprobs, IReadOnlyList<int> TextOffset)
{
    public static CompletionLogprobs Read(JsonElement logprobs)
    {
        var read = new CompletionLogprobs(
            logprobs.GetProperty("tokens").Deserialize<string[]>()!,
            logprobs.GetProperty("token_logprobs").Deserialize<float?[]>()!,
            logprobs.GetProperty("top_logprobs").Deserialize<Dictionary<string, float>?[]>()!,
            logprobs.GetProperty("text_offset").Deserialize<int[]>()!);
        int count = read.Tokens.Count;
        Assert.Equal((count, count, count), (read.TokenLogprobs.Count, read.TopLogprobs.Count, read.TextOffset.Count));
        return read;
    }

    public static CompletionLogprobs Join(IReadOnlyList<CompletionLogprobs> parts) => new(
        [.. parts.SelectMany(part => part.Tokens)], [.. parts.SelectMany(part => part.TokenLogprobs)],
        [.. parts.SelectMany(part => part.TopLogprobs)], [.. parts.SelectMany(part => part.TextOffset)]);
}

internal sealed record TokenUsage(int Prompt, int Completion, int Cached)
{
    /// <summary>The usage of a whole answer or of a part; null where there is none.</summary>
    public static TokenUsage? Read(JsonElement body)
    {
        if (body.GetProperty("usage") is not { ValueKind: JsonValueKind.Object } usage) return null;
        int prompt = usage.GetProperty("prompt_tokens").GetInt32(), completion = usage.GetProperty("completion_tokens").GetInt32();
        Assert.Equal(prompt + completion, usage.GetProperty("total_tokens").GetInt32());
        return new TokenUsage(prompt, completion, usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32());
    }
}
