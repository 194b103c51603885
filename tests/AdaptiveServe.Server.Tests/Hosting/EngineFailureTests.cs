using System.Text.Json;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.Hosting;

public class EngineFailureTests
{
    private const string Reason = "The model failed while computing this request.";

    private volatile bool _fails;

    [Theory, InlineData(false), InlineData(true)]
    public async Task Failure_BeforeTheFirstPart_IsAnswered(bool stream)
    {
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner { BeforeExecute = FailWhenTold });
        foreach ((int n, bool echo) in new[] { (1, false), (3, false), (1, true) })
        {
            object body = new { prompt = "abc", n, echo, logprobs = 1, stream };
            _fails = true;
            Answer answer = (await server.CompleteAsync(body)).ExpectError(500, "server_error", "internal_error");
            Assert.Equal(Reason, answer.Message);
            _fails = false;
            Assert.Equal("next", (await server.GetCompletionAsync(new { prompt = "next" })).Text);
        }

        (await server.GetAsync("/health/ready")).Expect(200);
        await server.WaitUntilIdleAsync();
    }

    [Theory, InlineData(1), InlineData(3)]
    public async Task Failure_InTheMiddleOfAStream_IsItsLastEvent(int choices)
    {
        await using GatedServer gated = await GatedServer.StartAsync(FailWhenTold);
        await using EventStream stream = await gated.OpenStreamAsync(new { prompt = "abc", n = choices, stream = true });
        _fails = true;
        gated.Gate.Open();
        List<JsonElement> events = await stream.ReadToEndAsync(); // up to [DONE]
        Assert.All(events[..^1], part => Assert.Null(part.GetProperty("choices")[0].GetProperty("finish_reason").GetString()));
        JsonElement error = events[^1].GetProperty("error");
        Assert.Equal((Reason, "server_error", "internal_error"),
            (error.GetProperty("message").GetString(), error.GetProperty("type").GetString(), error.GetProperty("code").GetString()));
        _fails = false;
        Assert.Equal("next", (await gated.Server.GetCompletionAsync(new { prompt = "next" })).Text);
        await gated.Server.WaitUntilIdleAsync();
    }

    /// <summary>The reader may find the first token and the failure together: then too the answer is one thing or the other.</summary>
    [Fact]
    public async Task Failure_RightAfterTheFirstToken_IsOneAnswer()
    {
        int forwards = 0;
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner
        {
            BeforeExecute = _ => { if (++forwards % 2 == 0) throw new InvalidOperationException("as told"); },
        });
        for (int i = 0; i < 100; i++)
        {
            using var content = new StringContent("""{"prompt": "abc", "stream": true}""", null, "application/json");
            CancellationToken cancellation = TestContext.Current.CancellationToken;
            using HttpResponseMessage response = await server.Client.PostAsync("/v1/completions", content, cancellation);
            string body = await response.Content.ReadAsStringAsync(cancellation);
            if ((int)response.StatusCode == 500) Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
            else Assert.Equal((200, "text/event-stream"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
            string[] events = body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
            string last = (int)response.StatusCode == 500 ? Assert.Single(events) : events[^2]["data: ".Length..];
            Assert.Equal(Reason, JsonSerializer.Deserialize<JsonElement>(last).GetProperty("error").GetProperty("message").GetString());
        }
    }

    [Fact]
    public async Task Failure_OfOneStep_SparesTheQueue()
    {
        await using GatedServer gated = await GatedServer.StartAsync(FailWhenTold, null, ("max-sequences", "1"));
        Task<Answer> fails = gated.Server.CompleteAsync(new { prompt = "fails" });
        await gated.WaitUntilBlockedAsync();
        Task<Completion> waits = gated.Server.GetCompletionAsync(new { prompt = "waits" });
        await Poll.UntilAsync(() => gated.Server.Engine.Snapshot().Waiting == 1, "queueing");
        _fails = true;
        gated.Gate.Allow(1);
        (await fails).Expect(500);
        await gated.WaitUntilBlockedAsync(arrived: 2);
        _fails = false;
        gated.Gate.Open();
        Assert.Equal("waits", (await waits).Text);
    }

    [Fact]
    public async Task Failure_OfTheEngine_IsSaidByHealth()
    {
        var runner = new ParrotModelRunner { BeforeStart = () => throw new InvalidOperationException("as told") };
        await using TestServer server = await TestServer.StartAsync(runner);
        await Poll.UntilAsync(() => server.Engine.IsFaulted, "the failure");
        foreach (string path in (string[])["/health/ready", "/health", "/health/live"])
            (await server.GetAsync(path)).ExpectUnavailable("engine_failed");
        (await server.CompleteAsync(new { prompt = "abc" })).ExpectUnavailable("engine_failed");
        (await server.CompleteAsync(new { prompt = "abc", stream = true })).ExpectUnavailable("engine_failed");
    }

    private void FailWhenTold(StepBatch batch)
    {
        if (_fails) throw new InvalidOperationException("as told");
    }
}
