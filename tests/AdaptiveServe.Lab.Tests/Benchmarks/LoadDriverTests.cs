using AdaptiveServe.Lab.Benchmarks;
using AdaptiveServe.Lab.Benchmarks.Client;
using AdaptiveServe.Lab.Benchmarks.Results;
using AdaptiveServe.Lab.Benchmarks.Workload;
using Microsoft.AspNetCore.Http;

namespace AdaptiveServe.Lab.Tests.Benchmarks;

/// <summary>Times are exact: the server moves the clock, and goes on when the client has read it.</summary>
public sealed class LoadDriverTests : IDisposable
{
    private readonly HandshakeClock _clock = new();

    public void Dispose() => _clock.Dispose();

    [Fact]
    public async Task Run_Stream_MeasuresItsTimes()
    {
        LoadResult result = await RunAsync([Request(0)], async (context, _) =>
        {
            await SendAsync(context, 20, Answers.Text(""));
            await SendAsync(context, 80, Answers.Text("a"));
            await SendAsync(context, 50, Answers.Text("b"));
            await SendAsync(context, 150, Answers.Text("c"));
            await SendAsync(context, 10, Answers.Usage(12, 6));
            await SendAsync(context, 40, Answers.Done);
        });
        Assert.Equal((1, 0, 350.0), (result.Succeeded, result.Failed, result.DurationS * 1000));
        Assert.Equal(new LatencySummary(1, 100, 100, 100, 100, 100), result.TtftMs);
        Assert.Equal(new LatencySummary(1, 350, 350, 350, 350, 350), result.E2eMs);
        Assert.Equal(new LatencySummary(1, 50, 50, 50, 50, 50), result.TpotMs); // (350 - 100) / (6 - 1)
        Assert.Equal((2, 100.0, 150.0), (result.ItlMs.Count, result.ItlMs.Mean, result.ItlMs.Max));
        Assert.Equal((12, 6, 6 / 0.35), (result.PromptTokens, result.OutputTokens, result.OutputTokensPerSecond));
    }

    [Fact]
    public async Task Run_ArrivalsThatHadToWait_CountFromTheirTimes()
    {
        // The second comes at 10 ms, while the first takes 1000 ms; the one place is free for it at 1000 ms.
        LoadResult result = await RunAsync([Request(0, 0), Request(1, 10), Request(2, 20)], SlowAsync);
        Assert.Equal((1000 + 1990 + 2980) / 3.0, result.E2eMs.Mean, 1e-9);
        Assert.Equal((0 + 990 + 1980) / 3.0, result.SendLagMs.Mean, 1e-9);
        Assert.Equal(2980 - 500, result.TtftMs.Max);
    }

    [Fact]
    public async Task Run_RequestsWithoutTimes_CountFromSending()
    {
        LoadResult result = await RunAsync([Request(0), Request(1), Request(2)], SlowAsync);
        Assert.Equal((1000.0, 1000.0, 0.0), (result.E2eMs.Mean, result.E2eMs.Max, result.SendLagMs.Max));
        Assert.Equal(1, result.RequestsPerSecond);
    }

    [Fact]
    public async Task Run_Concurrency_IsUsedAndKept()
    {
        const int Concurrency = 3;
        int underWay = 0, most = 0;
        TaskCompletionSource full = new(TaskCreationOptions.RunContinuationsAsynchronously);
        LoadResult result = await RunAsync([.. Enumerable.Range(0, 12).Select(i => Request(i))], async (context, _) =>
        {
            int now = Interlocked.Increment(ref underWay);
            InterlockedMax(ref most, now);
            if (now == Concurrency) full.TrySetResult();
            await full.Task; // the first ones wait for each other
            Interlocked.Decrement(ref underWay);
            await context.SendEventsAsync(Answers.Text("a"), Answers.Usage(1, 1), Answers.Done);
        }, Concurrency);
        Assert.Equal((12, Concurrency), (result.Succeeded, most));
    }

    [Fact]
    public async Task Run_Cancelled_Ends()
    {
        using CancellationTokenSource cancellation = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync([Request(0)], async (context, _) =>
        {
            await cancellation.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        }, stop: cancellation));
    }

    private async Task SlowAsync(HttpContext context, int number)
    {
        await SendAsync(context, 500, Answers.Text("a"));
        await SendAsync(context, 0, Answers.Usage(1, 2));
        await SendAsync(context, 500, Answers.Done);
    }

    private Task SendAsync(HttpContext context, double after, string data) =>
        _clock.AfterAsync(after, () => context.SendEventsAsync(data));

    private async Task<LoadResult> RunAsync(
        IReadOnlyList<BenchRequest> requests, Func<HttpContext, int, Task> answer, int concurrency = 1,
        CancellationTokenSource? stop = null)
    {
        CancellationToken cancellation = stop?.Token ?? TestContext.Current.CancellationToken;
        await using ScriptedServer server = await ScriptedServer.StartAsync(answer);
        using CompletionClient client = new(new BenchOptions { Url = server.Url, Api = BenchApi.Completions }, _clock);
        int done = 0;
        LoadResult result = await new LoadDriver(client, "m", _clock)
            .RunAsync(requests, concurrency, null, () => Interlocked.Increment(ref done), cancellation);
        Assert.Equal(requests.Count, done);
        return result;
    }

    private static BenchRequest Request(int index, double? at = null) =>
        new(index, at is { } time ? TimeSpan.FromMilliseconds(time) : null, new Prompt("hi"), 8);

    private static void InterlockedMax(ref int most, int value)
    {
        for (int seen = most; value > seen; seen = most) Interlocked.CompareExchange(ref most, value, seen);
    }
}
