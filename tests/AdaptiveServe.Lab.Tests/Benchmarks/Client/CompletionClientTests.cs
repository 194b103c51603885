using AdaptiveServe.Lab.Benchmarks;
using AdaptiveServe.Lab.Benchmarks.Client;
using AdaptiveServe.Lab.Benchmarks.Workload;
using AdaptiveServe.Lab.CommandLine;
using Microsoft.AspNetCore.Http;

namespace AdaptiveServe.Lab.Tests.Benchmarks.Client;

public class CompletionClientTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_TooManyRequests_GivesStatusAndCode()
    {
        const string Body = """{"error": {"message": "too many\nrequests", "type": "rate_limit", "code": "queue_full"}}""";
        Assert.Equal("http 429 queue_full: too many requests", await FailAsync(context =>
        {
            context.Response.Headers.RetryAfter = "1";
            return context.SendAsync(429, "application/json", Body);
        }));
    }

    [Theory]
    [InlineData(500, "Internal Server Error", "text/plain", "oh no")]
    [InlineData(502, "Bad Gateway", "application/json", "{\"detail\": 1}")]
    [InlineData(503, "Service Unavailable", "application/json", "[]")]
    public async Task Send_RefusalOfUnknownForm_GivesTheStatus(int status, string reason, string type, string body) =>
        Assert.Equal($"http {status}: {reason}", await FailAsync(context => context.SendAsync(status, type, body)));

    [Fact]
    public async Task Send_StreamThatBreaksOff_IsAConnectionFailure() => Assert.StartsWith("connection: ", await FailAsync(async context =>
    {
        await context.SendEventsAsync(Answers.Text("a"));
        context.Abort();
    }), StringComparison.Ordinal);

    [Fact]
    public async Task Send_StreamWithoutEnd_IsMalformed() => Assert.Equal(
        "malformed_stream: the stream ended without [DONE]",
        await FailAsync(context => context.SendEventsAsync(Answers.Text("a"), Answers.Usage(1, 1))));

    [Fact]
    public async Task Send_StreamOfOtherThings_IsMalformed() => Assert.StartsWith(
        "malformed_stream: an event is not a chunk",
        await FailAsync(context => context.SendEventsAsync("{", Answers.Done)), StringComparison.Ordinal);

    [Fact]
    public async Task Send_AnswerThatIsNoStream_IsMalformed() => Assert.Equal(
        "malformed_stream: the answer is application/json, not text/event-stream",
        await FailAsync(context => context.SendAsync(200, "application/json", "{}")));

    [Fact]
    public async Task Send_ErrorWithinTheStream_GivesItsCode()
    {
        const string Error = """{"error": {"message": "broken", "type": "server_error", "code": null}}""";
        Assert.Equal("stream_error server_error: broken", await FailAsync(context => context.SendEventsAsync(Answers.Text("a"), Error)));
    }

    [Fact]
    public async Task Send_NoAnswerInTime_IsATimeout() => Assert.Equal(
        "timeout: no complete answer within 0.05 s",
        await FailAsync(WaitForeverAsync, options => options with { Timeout = TimeSpan.FromMilliseconds(50) }));

    [Fact]
    public async Task Send_StreamThatStalls_IsATimeout() => Assert.StartsWith("timeout: ", await FailAsync(async context =>
    {
        await context.SendEventsAsync(Answers.Text("a"));
        await WaitForeverAsync(context);
    }, options => options with { Timeout = TimeSpan.FromMilliseconds(200) }), StringComparison.Ordinal);

    [Fact]
    public async Task Send_NobodyListens_IsAConnectionFailure()
    {
        ScriptedServer server = await ScriptedServer.StartAsync((_, _) => Task.CompletedTask);
        await server.DisposeAsync();
        using CompletionClient client = new(new BenchOptions { Url = server.Url }, TimeProvider.System);
        Assert.Equal(RequestFailure.Connection, (await SendAsync(client)).Failure!.Kind);
    }

    [Theory]
    [InlineData("chat", "", "/v1/chat/completions")]
    [InlineData("completions", "/", "/v1/completions")]
    [InlineData("completions", "/v1", "/v1/completions")]
    [InlineData("completions", "/proxy/v1/", "/proxy/v1/completions")]
    public async Task Send_Api_AsksItsEndpoint(string api, string suffix, string path)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync((context, _) => context.SendEventsAsync(Answers.Done));
        BenchApi endpoint = Enum.Parse<BenchApi>(api, ignoreCase: true);
        BenchOptions options = new() { Url = new Uri(server.Url, suffix), Api = endpoint, ApiKey = "secret" };
        using CompletionClient client = new(options, TimeProvider.System);
        Assert.Null((await SendAsync(client)).Failure);
        (string asked, string authorization, string body) = Assert.Single(server.Requests);
        Assert.Equal((path, "Bearer secret"), (asked, authorization));
        Assert.StartsWith("{\"model\":\"m\"", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, """{"data": [{"id": "first"}, {"id": "second"}]}""", "first")]
    [InlineData(200, """{"data": []}""", null)]
    [InlineData(200, """{"data": [{"id": 5}]}""", null)]
    [InlineData(200, """{"data": [{"id": null}]}""", null)]
    [InlineData(200, "x", null)]
    [InlineData(200, "[]", null)]
    [InlineData(401, """{"error": {"message": "key", "code": "invalid_api_key"}}""", null)]
    public async Task FindModel_List_IsItsFirstOrAnError(int status, string body, string? model)
    {
        await using ScriptedServer server =
            await ScriptedServer.StartAsync((context, _) => context.SendAsync(status, "application/json", body));
        using CompletionClient client = new(new BenchOptions { Url = server.Url }, TimeProvider.System);
        if (model is null) await Assert.ThrowsAsync<LabException>(() => client.FindModelAsync(Cancellation));
        else Assert.Equal(model, await client.FindModelAsync(Cancellation));
    }

    private static async Task<string> FailAsync(Func<HttpContext, Task> answer, Func<BenchOptions, BenchOptions>? change = null)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync((context, _) => answer(context));
        BenchOptions options = new() { Url = server.Url };
        using CompletionClient client = new(change?.Invoke(options) ?? options, TimeProvider.System);
        return (await SendAsync(client)).Failure!.ToString();
    }

    private static Task<Reply> SendAsync(CompletionClient client) =>
        client.SendAsync(new BenchRequest(0, null, new Prompt("hi"), 4), "m", TimeProvider.System.GetTimestamp(), Cancellation);

    private static Task WaitForeverAsync(HttpContext context) =>
        Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
}
