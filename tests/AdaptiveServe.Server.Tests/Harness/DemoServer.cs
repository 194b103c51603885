using AdaptiveServe.Server.Tests.Harness;
using AdaptiveServe.Torch.Loading;

[assembly: AssemblyFixture(typeof(DemoServer))]

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>A server that tests share, started without a model: it serves the demo pair.</summary>
public sealed class DemoServer : IAsyncLifetime
{
    private TestServer? _server;

    /// <summary>The server; asking for it skips the running test, visibly, where there is no pair.</summary>
    internal TestServer Server
    {
        get
        {
            RequirePair();
            return _server!;
        }
    }

    /// <summary>Skips the running test, visibly, where there is no pair.</summary>
    internal static DemoPair RequirePair()
    {
        DemoPair? pair = DemoPair.Find();
        Assert.SkipWhen(pair is null, "the demo pair (models/demo) is absent");
        return pair!;
    }

    public async ValueTask InitializeAsync()
    {
        if (DemoPair.Find() is not null) _server = await TestServer.StartDemoAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }
}
