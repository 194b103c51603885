using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.OpenAI;
using AdaptiveServe.Server.OpenAI.Errors;

namespace AdaptiveServe.Server.Streaming;

/// <summary>Sends a generation as server-sent events while it goes on; the choices of a request share the stream.</summary>
internal sealed class AnswerStream(RunningGeneration generation, IChunkFormat format, EventWriter events, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _gate = new(1);

    /// <summary>Streams until all choices are complete. A failure before the first part is thrown, so that it gets a status of its own.</summary>
    public static async Task SendAsync(HttpContext context, RunningGeneration generation, IChunkFormat format, StreamPlan plan, TimeProvider time)
    {
        using var events = new EventWriter(context.Response, time);
        using var stream = new AnswerStream(generation, format, events, time);
        try
        {
            await stream.PumpAllAsync(context.RequestAborted);
            if (plan.IncludesUsage) format.WriteUsage(events);
        }
        catch (ApiException failure) when (events.HasBegun)
        {
            events.Write(ErrorResponse.From(failure), OpenAIJson.Default.ErrorResponse);
        }

        events.WriteDone();
        await events.FlushAsync(context.RequestAborted);
    }

    public void Dispose() => _gate.Dispose();

    private async Task PumpAllAsync(CancellationToken aborted)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        Task pings = PingAsync(stopping.Token);
        try
        {
            if (generation.Choices.Count == 1) await PumpAsync(generation.Choices[0], stopping.Token);
            else await PumpManyAsync(stopping);
        }
        finally
        {
            await stopping.CancelAsync();
            await pings.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The first failure ends the others.</summary>
    private async Task PumpManyAsync(CancellationTokenSource stopping)
    {
        List<Task> pumps = [.. generation.Choices.Select(choice => PumpAsync(choice, stopping.Token))];
        Task whole = Task.WhenAll(pumps);
        while (pumps.Count > 0)
        {
            Task ended = await Task.WhenAny(pumps);
            pumps.Remove(ended);
            if (ended.IsCompletedSuccessfully) continue;
            await stopping.CancelAsync();
            await whole.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ended; // throws its own failure
        }
    }

    private async Task PumpAsync(Choice choice, CancellationToken cancellation)
    {
        while (await choice.WaitAsync(cancellation))
        {
            await _gate.WaitAsync(cancellation);
            try
            {
                WriteAvailable(choice);
                await events.FlushAsync(cancellation);
            }
            finally
            {
                _gate.Release();
            }
        }
    }

    private void WriteAvailable(Choice choice)
    {
        while (choice.TryRead(out string text))
        {
            if (text.Length > 0 || choice.SettledTokens.Count > 0) format.WriteText(events, choice, text);
            if (choice.FinishReason is not null) format.WriteFinish(events, choice);
        }
    }

    private async Task PingAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(PingInterval, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            if (time.GetElapsedTime(events.LastFlush) < PingInterval) continue;
            await _gate.WaitAsync(cancellation);
            try
            {
                events.WritePing();
                await events.FlushAsync(cancellation);
            }
            finally
            {
                _gate.Release();
            }
        }
    }
}
