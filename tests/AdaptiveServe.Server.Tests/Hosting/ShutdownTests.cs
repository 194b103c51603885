using System.Text.Json;
using AdaptiveServe.Engine.Execution;
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
        await QueuedAsync(gated, 3);

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
        const int ManySteps = 1500;
        object body = new { prompt = "x", max_tokens = ManySteps, ignore_eos = true, stream = true };
        await using EventStream stream = await gated.OpenStreamAsync(body);
        Task<Answer> whole = gated.Server.CompleteAsync(new { prompt = "y", max_tokens = ManySteps, ignore_eos = true });
        await QueuedAsync(gated, 2);

        Task stopping = gated.Server.StopAsync();
        await gated.StepUntilAsync(() => stopping.IsCompleted, "stopping"); // a step that is under way ends first
        List<JsonElement> events = await stream.ReadToEndAsync();
        Assert.Equal("server_stopping", events[^1].GetProperty("error").GetProperty("code").GetString());
        (await whole).ExpectUnavailable("server_stopping");
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

    private static Task QueuedAsync(GatedServer gated, int sequences) => Poll.UntilAsync(
        () =>
        {
            EngineSnapshot snapshot = gated.Server.Engine.Snapshot();
            return snapshot.Running + snapshot.Waiting == sequences;
        },
        "queueing");
}
