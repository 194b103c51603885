using AdaptiveServe.Server.OpenAI.Errors;

namespace AdaptiveServe.Server.Streaming;

/// <summary>Ends a request when its client leaves or its time is up, and knows which it was.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _late, _any;
    private readonly TimeSpan _limit;

    public Deadline(TimeSpan limit, TimeProvider time, CancellationToken aborted)
    {
        _limit = limit;
        _late = limit > TimeSpan.Zero ? new CancellationTokenSource(limit, time) : new CancellationTokenSource();
        _any = CancellationTokenSource.CreateLinkedTokenSource(_late.Token, aborted);
    }

    public CancellationToken Token => _any.Token;

    /// <summary>What to tell the client of a failure; null when it left, or when the failure is none that it should hear of.</summary>
    public ApiException? Explain(Exception failure) => failure switch
    {
        ApiException refused => refused,
        OperationCanceledException when _late.IsCancellationRequested => new ApiException(
            StatusCodes.Status504GatewayTimeout, "timeout_error", $"The answer was not complete after {_limit.TotalSeconds:0.###} seconds.", null, "request_timeout"),
        _ => null,
    };

    public void Dispose()
    {
        _any.Dispose();
        _late.Dispose();
    }
}
