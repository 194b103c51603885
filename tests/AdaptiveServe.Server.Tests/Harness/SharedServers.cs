using AdaptiveServe.Server.Tests.Harness;

[assembly: AssemblyFixture(typeof(ParrotServer)), AssemblyFixture(typeof(RandomServer))]

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>A server that all tests share, with the model that repeats the prompt.</summary>
public sealed class ParrotServer : IAsyncLifetime
{
    internal TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await TestServer.StartAsync(new ParrotModelRunner(), ("prefix-caching", "false"));

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>A server that all tests share, with random weights.</summary>
public sealed class RandomServer : IAsyncLifetime
{
    private readonly RandomCheckpoint _checkpoint = new();

    internal TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await TestServer.StartAsync(_checkpoint.Folder, ("served-model-name", "random"));

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _checkpoint.Dispose();
    }
}
