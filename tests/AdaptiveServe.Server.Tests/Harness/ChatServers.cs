using AdaptiveServe.Server.Tests.Harness;
using AdaptiveServe.Tests;

[assembly: AssemblyFixture(typeof(ChatServer)), AssemblyFixture(typeof(PairServer)), AssemblyFixture(typeof(RandomChatServer))]

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>A server that all tests share, whose model says the last message again: a test writes what is generated.</summary>
public sealed class ChatServer : IAsyncLifetime
{
    private readonly TemplateFile _template = new(TemplateFile.Scripted);

    internal TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Server = await TestServer.StartAsync(new ParrotModelRunner(), ("prefix-caching", "false"), ("chat-template", _template.Path));

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _template.Dispose();
    }
}

/// <summary>A server that all tests share, with a pair of models without tensors whose texts differ.</summary>
public sealed class PairServer : IAsyncLifetime
{
    private readonly TemplateFile _template = new(TemplateFile.Scripted);

    internal TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await TestServer.StartAsync(
        new FakeModelRunner(FakeModelRunner.TinyInfo(largeBlocks: 256, smallBlocks: 256, vocabulary: ByteTokenizerFolder.VocabularySize) with
        {
            LargeLayers = 4,
            SmallLayers = 1,
            LargeRepeats = 2,
            LayerRanking = [2, 1, 3, 0],
            PromptRouters = ["learned", "lac"],
        }),
        ("chat-template", _template.Path));

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _template.Dispose();
    }
}

/// <summary>A server that all tests share, with random weights and a chat template.</summary>
public sealed class RandomChatServer : IAsyncLifetime
{
    private readonly TemplateFile _template = new(TemplateFile.Scripted);
    private readonly RandomCheckpoint _checkpoint = new();

    internal TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Server = await TestServer.StartAsync(_checkpoint.Folder, ("served-model-name", "random"), ("chat-template", _template.Path));

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _checkpoint.Dispose();
        _template.Dispose();
    }
}
