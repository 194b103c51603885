using System.Text.Json;
using AdaptiveServe.Server.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AdaptiveServe.Server.Tests.Access;

/// <summary>The client's header; the server's own limit is tested with the streams.</summary>
public class RequestTimeoutTests(ParrotServer parrot)
{
    private const string Header = "X-Request-Timeout";

    private readonly TestServer _server = parrot.Server;

    [Theory]
    [InlineData("0")]
    [InlineData("0.0001")]
    [InlineData("-1")]
    [InlineData("")]
    [InlineData("ten")]
    [InlineData("1s")]
    [InlineData("1e3")]
    [InlineData("0x10")]
    [InlineData("1,5")]
    [InlineData("NaN")]
    [InlineData("-Infinity")]
    public async Task Header_NoTime_IsRefused(string value)
    {
        foreach (bool stream in (bool[])[false, true])
            (await SendAsync(_server, stream, value)).ExpectError(400, "invalid_request_error", "invalid_value", Header);
    }

    [Fact]
    public async Task Header_Twice_IsRefused() =>
        (await SendAsync(_server, false, "1", "2")).ExpectError(400, "invalid_request_error", "invalid_value", Header);

    [Theory, InlineData("30"), InlineData("2.5"), InlineData("100000000000000000000000000"), InlineData("Infinity")]
    public async Task Header_EnoughTime_IsServed(string value) => (await SendAsync(_server, false, value)).Expect(200);

    /// <summary>The less of the server's limit and the client's counts, before the first byte as a status.</summary>
    [Theory]
    [InlineData("10", "5", 6)]
    [InlineData("10", "60", 11)]
    [InlineData("0", "5", 6)]
    public async Task Header_TimeIsUp_IsTold(string limit, string value, int seconds)
    {
        foreach (bool stream in (bool[])[false, true])
        {
            var time = new FakeTimeProvider();
            await using GatedServer gated = await GatedServer.StartAsync(
                null, services => services.AddSingleton<TimeProvider>(time), ("request-timeout", limit));
            Task<Answer> answer = SendAsync(gated.Server, stream, value);
            await gated.WaitUntilBlockedAsync();
            time.Advance(TimeSpan.FromSeconds(seconds - 2));
            Assert.False(answer.IsCompleted);
            time.Advance(TimeSpan.FromSeconds(2));
            (await answer).ExpectError(504, "timeout_error", "request_timeout");
            gated.Gate.Open();
            await gated.Server.WaitUntilIdleAsync();
        }
    }

    [Fact]
    public async Task Header_NoLimitAnywhere_WaitsOn()
    {
        var time = new FakeTimeProvider();
        await using GatedServer gated = await GatedServer.StartAsync(null, services => services.AddSingleton<TimeProvider>(time), ("request-timeout", "0"));
        Task<Completion> answer = gated.Server.GetCompletionAsync(new { prompt = "x" });
        await gated.WaitUntilBlockedAsync();
        time.Advance(TimeSpan.FromDays(2));
        gated.Gate.Open();
        Assert.Equal("x", (await answer).Text);
    }

    private static Task<Answer> SendAsync(TestServer server, bool stream, params string[] values)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
        {
            Content = new StringContent(JsonSerializer.Serialize(new { prompt = "x", stream }), null, "application/json"),
        };
        foreach (string value in values) request.Headers.TryAddWithoutValidation(Header, value);
        return server.SendAsync(request);
    }
}
