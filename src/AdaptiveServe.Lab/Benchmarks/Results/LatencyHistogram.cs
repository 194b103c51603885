using HdrHistogram;

namespace AdaptiveServe.Lab.Benchmarks.Results;

/// <summary>Counts times in constant memory. Percentiles are by nearest rank, within 0.01 %; mean and maximum are exact.</summary>
internal sealed class LatencyHistogram
{
    private const int Digits = 4;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(2);

    private readonly LongHistogram _microseconds = new((long)Longest.TotalMicroseconds, Digits);
    private TimeSpan _max;
    private double _sum; // of milliseconds

    /// <param name="time">A negative one counts as 0, one beyond two days as two days.</param>
    public void Add(TimeSpan time)
    {
        time = TimeSpan.FromTicks(Math.Clamp(time.Ticks, 0, Longest.Ticks));
        _microseconds.RecordValue((long)Math.Round(time.TotalMicroseconds));
        _sum += time.TotalMilliseconds;
        if (time > _max) _max = time;
    }

    public LatencySummary Summarize() => Count == 0
        ? new LatencySummary(0, 0, 0, 0, 0, 0)
        : new LatencySummary(Count, _sum / Count, Percentile(50), Percentile(90), Percentile(99), _max.TotalMilliseconds);

    private long Count => _microseconds.TotalCount;

    // A bucket reports its upper end, which may lie above everything that was counted.
    private double Percentile(double percent) => Math.Min(_microseconds.GetValueAtPercentile(percent) / 1000.0, _max.TotalMilliseconds);
}
