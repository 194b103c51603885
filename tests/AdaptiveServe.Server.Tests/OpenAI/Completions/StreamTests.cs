using System.Text.Json;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.OpenAI.Completions;

public class StreamTests(ParrotServer parrot, RandomServer random)
{
    private readonly TestServer _parrot = parrot.Server, _random = random.Server;

    /// <summary>High temperatures give bytes of characters that are never completed; parts join to the same text and tokens.</summary>
    [Fact]
    public async Task Stream_ManySeeds_IsTheWholeAnswerInParts()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            string[] stop = seed % 3 == 0 ? [] : [((char)('a' + seed % 26)).ToString(), "\uFFFD\uFFFD"];
            double temperature = seed % 2 == 0 ? 2 : 0.5;
            int? logprobs = seed % 4 == 1 ? 2 : null;
            Completion whole = await _random.GetCompletionAsync(Body(stream: false));
            Completion joined = await _random.GetStreamedAsync(Body(stream: true));
            Assert.Equal((whole.Text, whole.FinishReason), (joined.Text, joined.FinishReason));
            if (whole.Text.Length > 0) Assert.Equivalent(whole.Choices[0].Logprobs, joined.Choices[0].Logprobs, strict: true);

            object Body(bool stream) => new { prompt = "ä the", max_tokens = 60, seed, temperature, stop, logprobs, stream };
        }
    }

    [Fact]
    public async Task Stream_CharactersOfSeveralTokens_AreNeverCut()
    {
        const string Said = "aé漢😀‍👩é\u0301z";
        List<JsonElement> parts = await PartsAsync(new { prompt = Said, max_tokens = 100, stream = true });
        List<string> texts = [.. parts.Select(part => part.GetProperty("choices")[0].GetProperty("text").GetString()!)];
        Assert.Equal(Said, string.Concat(texts));
        Assert.DoesNotContain('\uFFFD', string.Concat(texts));
        Assert.All(texts, text => Assert.False(text.Length > 0 && (char.IsLowSurrogate(text[0]) || char.IsHighSurrogate(text[^1])), text));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Stream_EndsWithinACharacter_IsReplaced(bool stream)
    {
        object body = new { prompt = "a😀", max_tokens = 3, stream };
        Completion answer = stream ? await _parrot.GetStreamedAsync(body) : await _parrot.GetCompletionAsync(body);
        Assert.Equal(("a\uFFFD", "length"), (answer.Text, answer.FinishReason));
    }

    [Fact]
    public async Task Stream_Headers_KeepItUnbuffered()
    {
        using var content = new StringContent("""{"prompt": "a", "stream": true}""", null, "application/json");
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using HttpResponseMessage response = await _parrot.Client.PostAsync("/v1/completions", content, cancellation);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.CacheControl?.NoCache);
        Assert.Equal(["no"], response.Headers.GetValues("X-Accel-Buffering"));
    }

    [Fact]
    public async Task StreamOptions_Absent_NoPartCounts()
    {
        List<JsonElement> parts = await PartsAsync(new { prompt = "abc", stream = true });
        Assert.All(parts, part => Assert.Null(TokenUsage.Read(part)));
        Assert.All(parts, part => Assert.Equal(1, part.GetProperty("choices").GetArrayLength()));
    }

    [Fact]
    public async Task StreamOptions_IncludeUsage_LastPartCounts()
    {
        object options = new { include_usage = true };
        List<JsonElement> parts = await PartsAsync(new { prompt = "abc", n = 2, stream = true, stream_options = options });
        Assert.All(parts[..^1], part => Assert.Null(TokenUsage.Read(part)));
        Assert.Equal(0, parts[^1].GetProperty("choices").GetArrayLength());
        Assert.Equal((4, 8), (TokenUsage.Read(parts[^1])!.Prompt, TokenUsage.Read(parts[^1])!.Completion));
    }

    [Fact]
    public async Task StreamOptions_ContinuousUsage_EveryPartCounts()
    {
        object options = new { continuous_usage_stats = true };
        List<JsonElement> parts = await PartsAsync(new { prompt = "abc", stream = true, stream_options = options });
        int[] counts = [.. parts.Select(part => TokenUsage.Read(part)!.Completion)];
        Assert.Equal(counts.Order(), counts);
        Assert.Equal((1, 4), (counts[0], counts[^1]));
    }

    [Theory]
    [InlineData("""{"prompt": "a", "stream_options": {}}""")]
    [InlineData("""{"prompt": "a", "stream": false, "stream_options": {"include_usage": true}}""")]
    public async Task StreamOptions_NotStreaming_IsRefused(string body) =>
        (await _parrot.PostAsync(body)).ExpectInvalid("invalid_value", "stream_options");

    [Theory, InlineData("include_usage"), InlineData("continuous_usage_stats")]
    public async Task StreamOptions_WrongType_IsRefused(string option)
    {
        Answer answer = await _parrot.PostAsync($$$"""{"prompt": "a", "stream": true, "stream_options": {"{{{option}}}": "yes"}}""");
        JsonElement error = answer.Expect(400).GetProperty("error");
        Assert.EndsWith(option, error.GetProperty("param").GetString(), StringComparison.Ordinal);
        Assert.Equal("invalid_type", error.GetProperty("code").GetString());
    }

    private async Task<List<JsonElement>> PartsAsync(object body)
    {
        await using EventStream events = await _parrot.OpenStreamAsync(body);
        return await events.ReadToEndAsync();
    }
}
