using System.Text.Json;
using AdaptiveServe.Server.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AdaptiveServe.Server.Tests.Streaming;

public class AnswerStreamTests
{
    [Fact]
    public async Task Stream_ModelIsSlow_EachPartComesAtOnce()
    {
        await using GatedServer gated = await GatedServer.StartAsync();
        gated.Gate.Allow(1);
        await using EventStream stream = await gated.Server.OpenStreamAsync(new { prompt = "abc", stream = true });
        string? reason = null;
        for (int i = 0; reason is null; i++)
        {
            JsonElement choice = (await stream.ReadAsync())!.Value.GetProperty("choices")[0];
            reason = choice.GetProperty("finish_reason").GetString();
            Assert.Equal(i < 3 ? "abc"[i].ToString() : "", choice.GetProperty("text").GetString());
            Assert.Equal(i + 2, gated.Gate.Arrived + (reason is null ? 0 : 1)); // no step further than this part's
            gated.Gate.Allow(1);
            await Poll.UntilAsync(() => gated.Gate.Arrived >= Math.Min(4, i + 2), "the next step");
        }

        Assert.Equal("stop", reason);
        Assert.Empty(await stream.ReadToEndAsync());
    }

    [Fact]
    public async Task Stream_NothingComesForLong_CommentsKeepItAlive()
    {
        var time = new FakeTimeProvider();
        await using GatedServer gated = await GatedServer.StartAsync(null, services => services.AddSingleton<TimeProvider>(time));
        Task<EventStream> opening = gated.Server.OpenStreamAsync(new { prompt = "abc", stream = true });
        await gated.WaitUntilBlockedAsync();
        await Poll.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(5));
                return opening.IsCompleted;
            },
            "a comment");
        await using EventStream stream = await opening;
        gated.Gate.Open();
        Assert.Equal("abc", Completion.Join(await stream.ReadToEndAsync()).Text);
        Assert.True(stream.Pings > 0);
        await gated.Server.WaitUntilIdleAsync();
    }

    /// <summary>A comment was sent, so the status has gone, and what follows is an event.</summary>
    [Fact]
    public async Task Stream_FailsAfterAComment_IsAnEvent()
    {
        var time = new FakeTimeProvider();
        await using GatedServer gated = await GatedServer.StartAsync(
            _ => throw new InvalidOperationException("as told"), services => services.AddSingleton<TimeProvider>(time));
        Task<EventStream> opening = gated.Server.OpenStreamAsync(new { prompt = "abc", stream = true });
        await gated.WaitUntilBlockedAsync();
        await Poll.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(5));
                return opening.IsCompleted;
            },
            "a comment");
        await using EventStream stream = await opening;
        gated.Gate.Open();
        Assert.Equal("internal_error", Assert.Single(await stream.ReadToEndAsync()).GetProperty("error").GetProperty("code").GetString());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Stream_TimeIsUp_IsTold(bool stream)
    {
        var time = new FakeTimeProvider();
        await using GatedServer gated = await GatedServer.StartAsync(
            null, services => services.AddSingleton<TimeProvider>(time), ("request-timeout", "10"));
        Task<Answer> answer = gated.Server.CompleteAsync(new { prompt = "abc", stream });
        await gated.WaitUntilBlockedAsync();
        time.Advance(TimeSpan.FromSeconds(11));
        (await answer).ExpectError(504, "timeout_error", "request_timeout");
        gated.Gate.Open();
        await gated.Server.WaitUntilIdleAsync();
        Assert.Equal("abc", (await gated.Server.GetCompletionAsync(new { prompt = "abc" })).Text);
    }

    [Fact]
    public async Task Stream_TimeIsUpInTheMiddle_IsItsLastEvent()
    {
        var time = new FakeTimeProvider();
        await using GatedServer gated = await GatedServer.StartAsync(null, services => services.AddSingleton<TimeProvider>(time));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
        {
            Content = new StringContent("""{"prompt": "abc", "stream": true}""", null, "application/json"),
            Headers = { { "X-Request-Timeout", "2.5" } },
        };
        Task<HttpResponseMessage> opening = gated.Server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await gated.StepUntilAsync(() => opening.IsCompleted, "the first part");
        time.Advance(TimeSpan.FromSeconds(3));
        string body = await (await opening).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
        Assert.Contains("\"request_timeout\"", body, StringComparison.Ordinal);
        gated.Gate.Open();
        await gated.Server.WaitUntilIdleAsync();
    }
}
