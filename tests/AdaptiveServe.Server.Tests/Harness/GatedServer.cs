using AdaptiveServe.Engine.Scheduling;
using Microsoft.Extensions.DependencyInjection;

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>A server whose model repeats the prompt, as many steps as its gate lets through.</summary>
internal sealed class GatedServer : IAsyncDisposable
{
    private GatedServer(TestServer server, StepGate gate)
    {
        Server = server;
        Gate = gate;
    }

    public TestServer Server { get; }

    public StepGate Gate { get; }

    public static Task<GatedServer> StartAsync(params (string Name, string Value)[] settings) => StartAsync(null, null, settings);

    /// <param name="beforeExecute">Called for each forward that the gate let through.</param>
    /// <param name="configure">Changes services.</param>
    /// <param name="settings">Of the server.</param>
    public static async Task<GatedServer> StartAsync(
        Action<StepBatch>? beforeExecute, Action<IServiceCollection>? configure = null, params (string Name, string Value)[] settings)
    {
        var gate = new StepGate();
        var runner = new ParrotModelRunner { BeforeExecute = batch => { gate.Pass(batch); beforeExecute?.Invoke(batch); } };
        return new GatedServer(await TestServer.StartAsync(ConfigureServices, settings), gate);

        void ConfigureServices(IServiceCollection services)
        {
            services.UseRunner(() => runner);
            configure?.Invoke(services);
        }
    }

    /// <summary>Opens a stream and lets the step through that gives its first part; the next one stands at the gate.</summary>
    public async Task<EventStream> OpenStreamAsync(object body)
    {
        int arrived = Gate.Arrived;
        Gate.Allow(1);
        EventStream stream = await Server.OpenStreamAsync(body);
        await WaitUntilBlockedAsync(arrived + 2);
        return stream;
    }

    /// <summary>Waits until that many forwards have come to the gate.</summary>
    public Task WaitUntilBlockedAsync(int arrived = 1) => Poll.UntilAsync(() => Gate.Arrived >= arrived, "a step");

    /// <summary>Lets steps through, one by one and slowly, until something is so.</summary>
    public Task StepUntilAsync(Func<bool> condition, string what)
    {
        int allowed = Gate.Arrived;
        return Poll.UntilAsync(
            () =>
            {
                if (condition()) return true;
                if (Gate.Arrived < allowed) return false; // none waits
                allowed = Gate.Arrived + 1;
                Gate.Allow(1);
                return false;
            },
            what, milliseconds: 5);
    }

    public async ValueTask DisposeAsync()
    {
        Gate.Open();
        await Server.DisposeAsync();
        Gate.Dispose();
    }
}
