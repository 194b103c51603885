using AdaptiveServe.Server.Tests.Harness;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Server.Tests.OpenAI;

public sealed class CommonFieldsTests
{
    [Fact]
    public async Task FitContext_MemoryBelowTheContext_DefaultsToWhatFits()
    {
        var runner = new ParrotModelRunner { Info = FakeModelRunner.TinyInfo(largeBlocks: 4, vocabulary: ByteTokenizerFolder.VocabularySize, context: 2048) };
        await using TestServer server = await TestServer.StartAsync(runner); // memory for 16 tokens
        Completion completion = await server.GetCompletionAsync(new { prompt = "abcdefgh", ignore_eos = true });
        Assert.Equal((9, 7, "length"), (completion.Usage!.Prompt, completion.Usage.Completion, completion.FinishReason));
        (await server.CompleteAsync(new { prompt = "abcdefgh", max_tokens = 8 })).ExpectError(400, "invalid_request_error", "kv_memory_exceeded", "max_tokens");
        (await server.CompleteAsync(new { prompt = "abcdefghijklmnopqrst" })).ExpectError(400, "invalid_request_error", "kv_memory_exceeded", "max_tokens");
    }
}
