using System.Net.Http.Headers;
using AdaptiveServe.Server.Tests.Harness;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Server.Tests.Deployment;

/// <summary>A server of a pair of models whose every path, metrics too, asks for a key.</summary>
public sealed class ObservedServer : IAsyncLifetime
{
    public const string Key = "a-key";

    internal TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var runner = new FakeModelRunner(
            FakeModelRunner.TinyInfo(largeBlocks: 32, smallBlocks: 32, vocabulary: ByteTokenizerFolder.VocabularySize) with { LargeLayers = 4, SmallLayers = 2 });
        Server = await TestServer.StartAsync(runner, ("api-key", Key));
        Server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>Six requests: some of each model, with a prompt that the cache knows from the second on, and one that does not fit.</summary>
    internal async Task SendAsync()
    {
        const string Prompt = "A text of some blocks.";
        foreach (string target in (string[])["large", "small", "large", "small", "large"])
            await Server.GetCompletionAsync(new { prompt = Prompt, max_tokens = 8, ignore_eos = true, adaptive = new { target } });
        (await Server.CompleteAsync(new { prompt = Prompt, max_tokens = 200 })).ExpectError(400, "invalid_request_error", "kv_memory_exceeded", "max_tokens");
    }

    internal Task<string> ReadMetricsAsync() => Server.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
}
