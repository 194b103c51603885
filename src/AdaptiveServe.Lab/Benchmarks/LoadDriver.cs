using AdaptiveServe.Lab.Benchmarks.Client;
using AdaptiveServe.Lab.Benchmarks.Results;
using AdaptiveServe.Lab.Benchmarks.Workload;

namespace AdaptiveServe.Lab.Benchmarks;

/// <summary>Sends requests at their times, a bounded number at once, and sums up the answers.</summary>
/// <remarks>
/// Times count from a request's arrival, also where it had to wait for one before it: a slow server cannot hide by slowing down what is
/// asked of it (coordinated omission). Requests without a time arrive when they are sent.
/// </remarks>
internal sealed class LoadDriver(CompletionClient client, string model, TimeProvider clock)
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);
    private readonly Lock _lock = new();

    /// <param name="requests">By ascending time.</param>
    /// <param name="concurrency">How many may be under way at a time.</param>
    /// <param name="serviceLevel">What counts as a good answer, if anything.</param>
    /// <param name="onDone">Called after each request, from any thread.</param>
    /// <param name="cancellation">Ends the run.</param>
    public async Task<LoadResult> RunAsync(
        IEnumerable<BenchRequest> requests, int concurrency, ServiceLevel? serviceLevel, Action onDone, CancellationToken cancellation)
    {
        LoadStatistics statistics = new(serviceLevel);
        using IEnumerator<BenchRequest> queue = requests.GetEnumerator();
        long start = clock.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(Work, cancellation)));
        return statistics.Summarize(clock.GetElapsedTime(start));

        async Task Work()
        {
            while (Next(queue) is { } request)
            {
                (Reply reply, TimeSpan lag) = await SendAsync(request, start, cancellation);
                lock (_lock) statistics.Add(reply, lag);
                onDone();
            }
        }
    }

    private BenchRequest? Next(IEnumerator<BenchRequest> queue)
    {
        lock (_lock) return queue.MoveNext() ? queue.Current : null;
    }

    private async Task<(Reply Reply, TimeSpan Lag)> SendAsync(BenchRequest request, long start, CancellationToken cancellation)
    {
        long arrival = clock.GetTimestamp();
        TimeSpan lag = TimeSpan.Zero;
        if (request.At is { } at)
        {
            arrival = start + (long)(at.TotalSeconds * clock.TimestampFrequency);
            lag = await WaitAsync(arrival, cancellation);
        }

        return (await client.SendAsync(request, model, arrival, cancellation), lag);
    }

    /// <summary>Waits until a timestamp; returns how much later it is.</summary>
    private async Task<TimeSpan> WaitAsync(long until, CancellationToken cancellation)
    {
        while (true)
        {
            TimeSpan left = clock.GetElapsedTime(clock.GetTimestamp(), until);
            if (left <= TimeSpan.Zero) return -left;

            // Timers count whole milliseconds and may fire a little early.
            TimeSpan delay = TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
            await Task.Delay(delay < LongestDelay ? delay : LongestDelay, clock, cancellation);
        }
    }
}
