using System.Text.Json;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.Hosting;

/// <summary>A client that leaves frees what its request held, long before the answer would have been complete.</summary>
public class ClientLeavesTests
{
    private const int ManySteps = 1500;

    [Theory, InlineData(1), InlineData(3)]
    public async Task Leave_InTheMiddleOfAStream_FreesItsBlocks(int choices)
    {
        await using GatedServer gated = await GatedServer.StartAsync();
        object body = new { prompt = "xyz", max_tokens = ManySteps, ignore_eos = true, n = choices, stream = true };
        await using (EventStream stream = await gated.OpenStreamAsync(body))
            Assert.Equal("x", (await stream.ReadAsync())!.Value.GetProperty("choices")[0].GetProperty("text").GetString());
        Assert.Equal(choices, gated.Server.Engine.Snapshot().Running);
        await FreedAsync(gated);
    }

    [Fact]
    public async Task Leave_BeforeAWholeAnswer_FreesItsBlocks()
    {
        await using GatedServer gated = await GatedServer.StartAsync();
        using var leaving = new CancellationTokenSource();
        Task answer = PostAsync(gated, new { prompt = "xyz", max_tokens = ManySteps, ignore_eos = true }, leaving.Token);
        gated.Gate.Allow(5);
        await gated.WaitUntilBlockedAsync(arrived: 6);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await FreedAsync(gated);
    }

    [Fact]
    public async Task Leave_InTheMiddleOfThePrompt_FreesItsBlocks()
    {
        await using GatedServer gated = await GatedServer.StartAsync(("max-batch-tokens", "1"), ("max-sequences", "1"));
        using var leaving = new CancellationTokenSource();
        Task answer = PostAsync(gated, new { prompt = new string('x', ManySteps), max_tokens = 1, stream = true }, leaving.Token);
        gated.Gate.Allow(5);
        await gated.WaitUntilBlockedAsync(arrived: 6);
        Assert.InRange(gated.Server.Engine.Snapshot().LargeBlocks.Held, 1, 2); // a small part of the prompt
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await FreedAsync(gated);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Leave_WhileQueued_LeavesTheQueue(bool stream)
    {
        await using GatedServer gated = await GatedServer.StartAsync(("max-sequences", "1"));
        Task<Completion> running = gated.Server.GetCompletionAsync(new { prompt = "runs", max_tokens = ManySteps, ignore_eos = true });
        await gated.WaitUntilBlockedAsync();
        using var leaving = new CancellationTokenSource();
        Task queued = PostAsync(gated, new { prompt = "leaves", stream }, leaving.Token);
        Task<Completion> next = gated.Server.GetCompletionAsync(new { prompt = "follows" });
        await Poll.UntilAsync(() => gated.Server.Engine.Snapshot().Waiting == 2, "queueing");
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queued);
        await gated.StepUntilAsync(() => gated.Server.Engine.Snapshot().Waiting == 1, "leaving the queue");
        Assert.False(running.IsCompleted);
        gated.Gate.Open();
        Assert.Equal(("runs", "follows"), ((await running).Text, (await next).Text));
        await gated.Server.WaitUntilIdleAsync();
    }

    private static async Task PostAsync(GatedServer gated, object body, CancellationToken leaving)
    {
        using var content = new StringContent(JsonSerializer.Serialize(body), null, "application/json");
        using HttpResponseMessage response = await gated.Server.Client.PostAsync("/v1/completions", content, leaving);
    }

    private static async Task FreedAsync(GatedServer gated)
    {
        InferenceEngine engine = gated.Server.Engine;
        await gated.StepUntilAsync(() => engine.Snapshot() is { Running: 0, Waiting: 0, LargeBlocks.Held: 0 }, "freeing its blocks");
        Assert.True(gated.Gate.Arrived < ManySteps, $"{gated.Gate.Arrived} steps");
        gated.Gate.Open();
        Assert.Equal("next", (await gated.Server.GetCompletionAsync(new { prompt = "next" })).Text);
        await gated.Server.WaitUntilIdleAsync();
    }
}
