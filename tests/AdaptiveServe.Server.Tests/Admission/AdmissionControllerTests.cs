using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.Admission;

public class AdmissionControllerTests
{
    [Fact]
    public async Task Admit_QueueIsFull_IsRefusedUntilThereIsRoom()
    {
        await using GatedServer gated = await GatedServer.StartAsync(("max-sequences", "1"), ("max-queued-requests", "2"));
        Task<Completion> running = gated.Server.GetCompletionAsync(new { prompt = "runs" });
        await gated.WaitUntilBlockedAsync();
        Task<Completion> queued = gated.Server.GetCompletionAsync(new { prompt = "waits", n = 2 });
        await Poll.UntilAsync(() => gated.Server.Engine.Snapshot().Waiting == 2, "queueing");
        foreach ((int n, bool stream) in new[] { (1, false), (1, true), (2, false) })
        {
            object body = new { prompt = "refused", n, stream };
            Answer answer = (await gated.Server.CompleteAsync(body)).ExpectError(429, "rate_limit_error", "queue_full");
            Assert.InRange(answer.RetryAfterSeconds, 1, 60);
        }

        Assert.Equal(2, gated.Server.Engine.Snapshot().Waiting); // a refused request leaves nothing behind
        gated.Gate.Open();
        Assert.Equal("runs", (await running).Text);
        Assert.Equal(["waits", "waits"], (await queued).Texts);
        Assert.Equal("next", (await gated.Server.GetCompletionAsync(new { prompt = "next" })).Text);
    }

    /// <summary>To come back later would not help.</summary>
    [Theory]
    [InlineData("n", """{"prompt": "x", "n": 3}""")]
    [InlineData("n", """{"prompt": ["x", "y"], "n": 2}""")]
    [InlineData("prompt", """{"prompt": ["x", "y", "z"]}""")]
    public async Task Admit_MoreThanTheQueueEverHolds_IsRefusedForGood(string field, string body)
    {
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner(), ("max-queued-requests", "2"));
        Answer answer = (await server.PostAsync(body)).ExpectInvalid("too_many_sequences", field);
        Assert.Null(answer.Headers.RetryAfter);
    }
}
