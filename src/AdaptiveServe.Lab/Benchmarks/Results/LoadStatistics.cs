using AdaptiveServe.Lab.Benchmarks.Client;

namespace AdaptiveServe.Lab.Benchmarks.Results;

/// <summary>Sums up answers in constant memory. One thread at a time.</summary>
internal sealed class LoadStatistics(ServiceLevel? serviceLevel)
{
    private readonly LatencyHistogram _firstToken = new(), _gap = new(), _perToken = new(), _endToEnd = new(), _lag = new();
    private readonly FailureCounts _failures = new();
    private int _succeeded, _failed, _good, _withoutUsage;
    private long _promptTokens, _outputTokens;

    /// <param name="reply">How a request went.</param>
    /// <param name="lag">How much later than its arrival it was sent.</param>
    public void Add(Reply reply, TimeSpan lag)
    {
        _lag.Add(lag);
        if (reply.Failure is { } failure)
        {
            _failed++;
            _failures.Add(failure);
            return;
        }

        _succeeded++;
        if (serviceLevel?.IsMetBy(reply) == true) _good++;
        AddTimes(reply);
        AddTokens(reply.Usage);
    }

    /// <param name="duration">Above 0.</param>
    public LoadResult Summarize(TimeSpan duration)
    {
        double seconds = duration.TotalSeconds;
        return new LoadResult(
            seconds, _succeeded, _failed, _succeeded / seconds, _promptTokens, _outputTokens, _outputTokens / seconds, _withoutUsage,
            _firstToken.Summarize(), _gap.Summarize(), _perToken.Summarize(), _endToEnd.Summarize(), _lag.Summarize(),
            Goodput(seconds), _failures.List());
    }

    private void AddTimes(Reply reply)
    {
        _endToEnd.Add(reply.EndToEnd);
        if (reply.TimeToFirstToken is { } first) _firstToken.Add(first);
        if (reply.TimePerOutputToken is { } each) _perToken.Add(each);
        foreach (TimeSpan gap in reply.Gaps) _gap.Add(gap);
    }

    private void AddTokens(StreamChunk.TokenUsage? usage)
    {
        if (usage is null) _withoutUsage++;
        _promptTokens += usage?.PromptTokens ?? 0;
        _outputTokens += usage?.CompletionTokens ?? 0;
    }

    private LoadResult.GoodputResult? Goodput(double seconds) => serviceLevel is null
        ? null
        : new(
            serviceLevel.TimeToFirstToken?.TotalMilliseconds, serviceLevel.TimePerOutputToken?.TotalMilliseconds,
            _good, (double)_good / Math.Max(1, _succeeded + _failed), _good / seconds);
}
