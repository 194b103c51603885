using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Server.Tests.Harness;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Server.Tests.OpenAI.Completions;

public class LimitTests(ParrotServer parrot)
{
    private const int Context = 2048;

    private readonly TestServer _server = parrot.Server;

    [Theory]
    [InlineData(1, "a", "length")]
    [InlineData(3, "abc", "length")]
    [InlineData(4, "abc", "stop")] // the token that ends it counts
    [InlineData(100, "abc", "stop")]
    public async Task MaxTokens_AnyNumber_BoundsTheAnswer(int maxTokens, string text, string reason)
    {
        Completion answer = await _server.GetCompletionAsync(new { prompt = "abc", max_tokens = maxTokens });
        Assert.Equal((text, reason, Math.Min(maxTokens, 4)), (answer.Text, answer.FinishReason, answer.Usage!.Completion));
    }

    [Fact]
    public async Task MaxTokens_Absent_Is16()
    {
        Completion answer = await _server.GetCompletionAsync(new { prompt = "0123456789abcdefghij" });
        Assert.Equal(("0123456789abcdef", "length"), (answer.Text, answer.FinishReason));
    }

    [Fact]
    public async Task MaxTokens_ZeroWithoutEcho_IsRefused() =>
        (await _server.CompleteAsync(new { prompt = "abc", max_tokens = 0 })).ExpectInvalid("invalid_value", "max_tokens");

    [Fact]
    public async Task MinTokens_ModelEndsEarlier_GoesOn()
    {
        Completion answer = await _server.GetCompletionAsync(new { prompt = "abc", min_tokens = 5 });
        Assert.Equal(("abc..", "stop", 6), (answer.Text, answer.FinishReason, answer.Usage!.Completion));
    }

    [Fact]
    public async Task MinTokens_MoreThanMaxTokens_IsRefused() =>
        (await _server.CompleteAsync(new { prompt = "abc", max_tokens = 3, min_tokens = 4 })).ExpectInvalid("invalid_value", "min_tokens");

    [Fact]
    public async Task IgnoreEos_ModelEnds_GoesOnToTheLimit()
    {
        Completion answer = await _server.GetCompletionAsync(new { prompt = "abc", ignore_eos = true, max_tokens = 7 });
        Assert.Equal(("abc", "length", 7), (answer.Text, answer.FinishReason, answer.Usage!.Completion)); // end tokens have no text
    }

    [Fact]
    public async Task Context_PromptAndAnswerFillIt_IsAnswered()
    {
        Completion answer = await _server.GetCompletionAsync(new { prompt = Ids(Context - 3), max_tokens = 3 });
        Assert.Equal(("xxx", "length"), (answer.Text, answer.FinishReason));
    }

    [Fact]
    public async Task Context_DefaultIsLongerThanTheRoom_AnswerFillsTheRoom()
    {
        Completion answer = await _server.GetCompletionAsync(new { prompt = Ids(Context - 3) });
        Assert.Equal(("xxx", "length"), (answer.Text, answer.FinishReason));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Context_PromptFillsIt_IsRefused(bool stream)
    {
        foreach (int length in (int[])[Context, Context + 1, 100_000])
        {
            Answer answer = await _server.CompleteAsync(new { prompt = Ids(length), max_tokens = 1, stream });
            answer.ExpectInvalid("context_length_exceeded", "prompt");
            Assert.Contains("2048", answer.Message, StringComparison.Ordinal);
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Context_MaxTokensBeyondTheRoom_IsRefused(bool stream)
    {
        foreach (int maxTokens in (int[])[4, Context, int.MaxValue])
        {
            Answer answer = await _server.CompleteAsync(new { prompt = Ids(Context - 3), max_tokens = maxTokens, stream });
            answer.ExpectInvalid("context_length_exceeded", "max_tokens");
        }
    }

    /// <summary>The context holds it, and the memory for keys and values does not.</summary>
    [Fact]
    public async Task Memory_LessThanTheRequestNeeds_IsRefused()
    {
        ModelInfo info = FakeModelRunner.TinyInfo(largeBlocks: 4, vocabulary: ByteTokenizerFolder.VocabularySize);
        await using TestServer server = await TestServer.StartAsync(new FakeModelRunner(info));
        (await server.CompleteAsync(new { prompt = Ids(10), max_tokens = 7 })).ExpectInvalid("kv_memory_exceeded", "max_tokens");
        (await server.CompleteAsync(new { prompt = Ids(10), max_tokens = 6 })).Expect(200);
    }

    private static int[] Ids(int count) => [.. Enumerable.Repeat(2 + 'x', count)];

    /// <summary>A batch shares its forward, so what cannot be drawn must be refused before it.</summary>
    [Fact]
    public async Task MinTokens_EveryTokenEndsTheAnswer_IsRefused()
    {
        await using TestServer server = await TestServer.StartAsync(new FakeModelRunner(FakeModelRunner.TinyInfo(vocabulary: 50)));
        int[] stops = [.. Enumerable.Range(1, 49)];
        (await server.CompleteAsync(new { prompt = new[] { 3 }, min_tokens = 1, stop_token_ids = stops })).ExpectInvalid("invalid_value", "stop_token_ids");
        (await server.CompleteAsync(new { prompt = new[] { 3 }, min_tokens = 1, stop_token_ids = stops[1..] })).Expect(200);
        (await server.CompleteAsync(new { prompt = new[] { 3 }, stop_token_ids = stops })).Expect(200);
    }
}
