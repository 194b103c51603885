using AdaptiveServe.Server.Tests.Harness;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Server.Tests.OpenAI.Completions;

public class UsageTests
{
    [Theory, InlineData("true", 20), InlineData("false", 0)]
    public async Task CachedTokens_PromptAgain_CountsItsWholeBlocks(string prefixCaching, int cached)
    {
        await using TestServer server = await TestServer.StartAsync(CreateRunner(), ("prefix-caching", prefixCaching));
        int[] prompt = [.. Enumerable.Range(100, 22)]; // five blocks of four, and two tokens
        Completion first = await server.GetCompletionAsync(new { prompt, max_tokens = 2, seed = 1 });
        Completion second = await server.GetCompletionAsync(new { prompt, max_tokens = 2, seed = 1 });
        Assert.Equal((22, 0), (first.Usage!.Prompt, first.Usage.Cached));
        Assert.Equal((22, cached), (second.Usage!.Prompt, second.Usage.Cached));
        Assert.Equal(first.Text, second.Text);
    }

    [Fact]
    public async Task CachedTokens_SeveralChoices_CountThePromptOnce()
    {
        await using TestServer server = await TestServer.StartAsync(CreateRunner());
        int[] prompt = [.. Enumerable.Range(100, 22)];
        Completion first = await server.GetCompletionAsync(new { prompt, n = 3, max_tokens = 2 });
        Completion second = await server.GetCompletionAsync(new { prompt, n = 3, max_tokens = 2 });
        Assert.Equal(new TokenUsage(22, first.Usage!.Completion, 0), first.Usage);
        Assert.Equal((22, 20), (second.Usage!.Prompt, second.Usage.Cached));
    }

    private static FakeModelRunner CreateRunner() => new(FakeModelRunner.TinyInfo(vocabulary: ByteTokenizerFolder.VocabularySize));
}
