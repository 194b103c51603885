using System.Text.Json;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.Hosting;

public class ShutdownTests
{
    [Fact]
    public async Task Stop_RequestsRun_TheyAreFinished()
    {
        await using GatedServer gated = await GatedServer.StartAsync(("shutdown-grace", "60"), ("max-sequences", "2"));
        await using EventStream stream = await gated.OpenStreamAsync(new { prompt = "streams to its end", max_tokens = 50, stream = true });
        Task<Completion> whole = gated.Server.GetCompletionAsync(new { prompt = "whole" });
        Task<Completion> queued = gated.Server.GetCompletionAsync(new { prompt = "queued" });
        await Poll.UntilAsync(() => gated.Server.Engine.Snapshot() is { Waiting: >= 1 } snapshot && snapshot.Running + snapshot.Waiting == 3, "queueing");

        Task stopping = gated.Server.StopAsync();
        await Poll.UntilAsync(() => !gated.Server.Engine.IsReady, "stopping");
        await Loopback.WaitUntilRefusedAsync(gated.Server.Address);
        gated.Gate.Open();
        Assert.Equal("streams to its end", Completion.Join(await stream.ReadToEndAsync()).Text);
        Assert.Equal(("whole", "queued"), ((await whole).Text, (await queued).Text));
        await stopping;
    }

    [Fact]
    public async Task Stop_GraceIsOver_RequestsAreTold()
    {
        await using GatedServer gated = await GatedServer.StartAsync(("shutdown-grace", "0"));
        await using EventStream stream = await gated.OpenStreamAsync(new { prompt = "x", max_tokens = 1500, ignore_eos = true, stream = true });
        Task<Answer> whole = gated.Server.CompleteAsync(new { prompt = "y", max_tokens = 1500, ignore_eos = true });
        await Poll.UntilAsync(() => gated.Server.Engine.Snapshot() is { Running: var running, Waiting: var waiting } && running + waiting == 2, "queueing");

        Task stopping = gated.Server.StopAsync();
        await gated.StepUntilAsync(() => stopping.IsCompleted, "stopping"); // a step that is under way ends first
        List<JsonElement> events = await stream.ReadToEndAsync();
        Assert.Equal("server_stopping", events[^1].GetProperty("error").GetProperty("code").GetString());
        Assert.True((await whole).ExpectError(503, "service_unavailable_error", "server_stopping").RetryAfterSeconds >= 1);
        await stopping;
    }

    [Fact]
    public async Task Stop_NothingRuns_EndsAtOnce()
    {
        TestServer server = await TestServer.StartAsync(new ParrotModelRunner(), ("shutdown-grace", "3600"));
        await server.StopAsync();
        await Loopback.WaitUntilRefusedAsync(server.Address);
        await server.DisposeAsync();
    }
}
