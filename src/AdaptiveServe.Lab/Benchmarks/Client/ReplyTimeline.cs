namespace AdaptiveServe.Lab.Benchmarks.Client;

/// <summary>Takes the times of one answer as its events come in.</summary>
internal sealed class ReplyTimeline(TimeProvider clock, long arrival)
{
    private readonly List<TimeSpan> _gaps = [];
    private long? _first;
    private long _last;
    private StreamChunk.TokenUsage? _usage;

    public void Add(StreamChunk chunk)
    {
        long now = clock.GetTimestamp();
        _usage = chunk.Usage ?? _usage;
        if (!chunk.HasText) return;
        if (_first is null) _first = now;
        else _gaps.Add(clock.GetElapsedTime(_last, now));
        _last = now;
    }

    /// <summary>Ends the answer now.</summary>
    public Reply End() => new()
    {
        TimeToFirstToken = _first is { } first ? clock.GetElapsedTime(arrival, first) : null,
        EndToEnd = clock.GetElapsedTime(arrival),
        Gaps = _gaps,
        Usage = _usage,
    };
}
