using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.OpenAI;
using AdaptiveServe.Server.OpenAI.Errors;

namespace AdaptiveServe.Server.Streaming;

/// <summary>Sends a generation as server-sent events while it goes on; the choices of a request share the stream.</summary>
internal sealed class AnswerStream(
    HttpResponse response, RunningGeneration generation, IAnswerFormat format, StreamPlan plan, Deadline deadline, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(15);

    private readonly EventWriter _events = new(response, time);
    private readonly SemaphoreSlim _gate = new(1);

    /// <summary>Streams until all choices are complete. A failure before the first part is thrown, so that it gets a status of its own.</summary>
    public async Task SendAsync()
    {
        ApiException? failure = null;
        try
        {
            await PumpAllAsync();
            if (plan.IncludesUsage) format.WriteUsage(_events);
        }
        catch (Exception exception) when (_events.HasBegun && deadline.Explain(exception) is { } explained)
        {
            failure = explained;
            _events.Write(ErrorResponse.From(failure), OpenAIJson.Default.ErrorResponse);
        }

        _events.WriteDone();
        await _events.FlushAsync(failure is null ? deadline.Token : CancellationToken.None);
        if (failure is not null) generation.Failure = failure;
    }

    public void Dispose()
    {
        _events.Dispose();
        _gate.Dispose();
    }

    private async Task PumpAllAsync()
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token);
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
        try
        {
            await foreach (Task ended in Task.WhenEach(pumps)) await ended;
        }
        catch
        {
            await stopping.CancelAsync();
            await Task.WhenAll(pumps).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
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
                await _events.FlushAsync(cancellation);
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
            if (text.Length > 0 || choice.SettledTokens.Count > 0) format.WriteText(_events, choice, text);
            if (choice.FinishReason is null) continue;
            format.WriteFinish(_events, choice, isLast: !plan.IncludesUsage && generation.IsComplete);
        }
    }

    private async Task PingAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(PingInterval, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            if (time.GetElapsedTime(_events.LastFlush) < PingInterval) continue;
            await _gate.WaitAsync(cancellation);
            try
            {
                _events.WritePing();
                await _events.FlushAsync(cancellation);
            }
            finally
            {
                _gate.Release();
            }
        }
    }
}
