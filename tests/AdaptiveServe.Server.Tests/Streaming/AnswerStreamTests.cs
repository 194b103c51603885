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
        await using EventStream stream = await gated.OpenStreamAsync(new { prompt = "abc", stream = true });
        foreach ((int steps, string text, string? reason) in new[] { (1, "a", null), (2, "b", null), (3, "c", null), (4, "", "stop") })
        {
            JsonElement choice = (await stream.ReadAsync())!.Value.GetProperty("choices")[0];
            Assert.Equal((text, reason), (choice.GetProperty("text").GetString(), choice.GetProperty("finish_reason").GetString()));
            if (reason is not null) break;
            await gated.WaitUntilBlockedAsync(steps + 1);
            Assert.Equal(steps + 1, gated.Gate.Arrived); // the next step waits at the gate
            gated.Gate.Allow(1);
        }

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
        gated.Gate.Allow(1);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using HttpResponseMessage response =
            await gated.Server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        time.Advance(TimeSpan.FromSeconds(3));
        string body = await response.Content.ReadAsStringAsync(cancellation);
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
        Assert.Contains("\"request_timeout\"", body, StringComparison.Ordinal);
        gated.Gate.Open();
        await gated.Server.WaitUntilIdleAsync();
    }
}
