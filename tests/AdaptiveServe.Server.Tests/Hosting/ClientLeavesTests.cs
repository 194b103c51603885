using System.Text.Json;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.Hosting;

/// <summary>A client that leaves frees what its request held, long before the answer would have been complete.</summary>
public class ClientLeavesTests
{
    private const int Long = 1500;

    private static readonly string LongPrompt = new('x', Long);

    [Theory, InlineData(1), InlineData(3)]
    public async Task Leave_InTheMiddleOfAStream_FreesItsBlocks(int choices)
    {
        await using GatedServer gated = await GatedServer.StartAsync();
        await using (EventStream stream = await OpenAsync(gated, new { prompt = LongPrompt, max_tokens = 500, n = choices, stream = true }))
            Assert.Equal("x", (await stream.ReadAsync())!.Value.GetProperty("choices")[0].GetProperty("text").GetString());
        Assert.Equal(choices, gated.Server.Engine.Snapshot().Running);
        await FreedAsync(gated);
    }

    [Fact]
    public async Task Leave_BeforeAWholeAnswer_FreesItsBlocks()
    {
        await using GatedServer gated = await GatedServer.StartAsync();
        using var leaving = new CancellationTokenSource();
        Task answer = PostAsync(gated, new { prompt = LongPrompt, max_tokens = 500 }, leaving.Token);
        await gated.StepUntilAsync(() => gated.Gate.Arrived > 5, "some steps");
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await FreedAsync(gated);
    }

    [Fact]
    public async Task Leave_InTheMiddleOfThePrompt_FreesItsBlocks()
    {
        await using GatedServer gated = await GatedServer.StartAsync(("max-batch-tokens", "4"), ("max-sequences", "4"));
        using var leaving = new CancellationTokenSource();
        Task answer = PostAsync(gated, new { prompt = LongPrompt, max_tokens = 500, stream = true }, leaving.Token);
        await gated.StepUntilAsync(() => gated.Gate.Arrived > 5, "some steps");
        Assert.InRange(gated.Server.Engine.Snapshot().LargeBlocks.Held, 1, 10); // not a tenth of the prompt
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await FreedAsync(gated);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Leave_WhileQueued_LeavesTheQueue(bool stream)
    {
        await using GatedServer gated = await GatedServer.StartAsync(("max-sequences", "1"));
        Task<Completion> running = gated.Server.GetCompletionAsync(new { prompt = "runs" });
        await gated.WaitUntilBlockedAsync();
        using var leaving = new CancellationTokenSource();
        Task queued = PostAsync(gated, new { prompt = LongPrompt, max_tokens = 500, stream }, leaving.Token);
        Task<Completion> next = gated.Server.GetCompletionAsync(new { prompt = "follows" });
        await Poll.UntilAsync(() => gated.Server.Engine.Snapshot().Waiting == 2, "queueing");
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queued);
        await gated.StepUntilAsync(() => running.IsCompleted && next.IsCompleted, "the others");
        Assert.Equal(("runs", "follows"), ((await running).Text, (await next).Text));
        Assert.True(gated.Gate.Arrived < 200, $"{gated.Gate.Arrived} steps");
        await gated.Server.WaitUntilIdleAsync();
    }

    private static async Task<EventStream> OpenAsync(GatedServer gated, object body)
    {
        Task<EventStream> opening = gated.Server.OpenStreamAsync(body);
        await gated.StepUntilAsync(() => opening.IsCompleted, "the first part");
        return await opening;
    }

    private static Task<HttpResponseMessage> PostAsync(GatedServer gated, object body, CancellationToken leaving) =>
        gated.Server.Client.PostAsync("/v1/completions", new StringContent(JsonSerializer.Serialize(body), null, "application/json"), leaving);

    private static async Task FreedAsync(GatedServer gated)
    {
        InferenceEngine engine = gated.Server.Engine;
        await gated.StepUntilAsync(() => engine.Snapshot() is { Running: 0, Waiting: 0, LargeBlocks.Held: 0 }, "freeing its blocks");
        Assert.True(gated.Gate.Arrived < 450, $"{gated.Gate.Arrived} steps");
        gated.Gate.Open();
        Assert.Equal("next", (await gated.Server.GetCompletionAsync(new { prompt = "next" })).Text);
        await gated.Server.WaitUntilIdleAsync();
    }
}
