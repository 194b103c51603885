using System.Runtime.ExceptionServices;
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
        ExceptionDispatchInfo? unexpected = null;
        try
        {
            await PumpAllAsync();
            if (plan.IncludesUsage) format.WriteUsage(_events);
        }
        catch (Exception exception) when (_events.HasBegun && Explain(exception) is { } failure)
        {
            generation.Cancel(); // now: a slow client may be long in taking what follows
            generation.Failure = failure;
            if (deadline.Explain(exception) is null) unexpected = ExceptionDispatchInfo.Capture(exception);
            _events.Write(ErrorResponse.From(failure), OpenAIJson.Default.ErrorResponse);
        }

        _events.WriteDone();
        await _events.FlushAsync(generation.Failure is null ? deadline.Token : CancellationToken.None);
        unexpected?.Throw();
    }

    public void Dispose()
    {
        _events.Dispose();
        _gate.Dispose();
    }

    /// <summary>What the client is told; null when it left.</summary>
    private ApiException? Explain(Exception exception) => deadline.Explain(exception)
        ?? (exception is OperationCanceledException ? null : ApiException.Unexpected());

    private async Task PumpAllAsync()
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token);
        Task pings = PingAsync(stopping.Token);
        try
        {
            await generation.ReadAllAsync(PumpAsync, stopping.Token);
        }
        finally
        {
            await stopping.CancelAsync();
            await pings.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
