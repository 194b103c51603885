using System.Diagnostics;

namespace AdaptiveServe.Benchmarks;

/// <summary>How long an action took, run many times.</summary>
/// <param name="Best">Milliseconds: the action's own, little disturbed by whatever else the machine does.</param>
/// <param name="Median">Milliseconds.</param>
/// <param name="Processor">Processor time of one run on average, all threads together; NaN where it was not taken.</param>
internal readonly record struct Timing(double Best, double Median, double Processor)
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(20);

    // Methods are compiled anew once they have run for a while: before that, kernels take four times as long.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1.5);

    /// <summary>Times one action for some seconds, after warming up.</summary>
    public static Timing Of(Action action, double seconds = 3)
    {
        var times = new List<double>(1 << 16);
        Repeat(action, WarmUp, null);
        TimeSpan used = Environment.CpuUsage.TotalTime;
        Repeat(action, TimeSpan.FromSeconds(seconds), times);
        used = Environment.CpuUsage.TotalTime - used;
        return Of(times, used.TotalMilliseconds / times.Count);
    }

    /// <summary>Times some actions for some seconds each, turn by turn, so that a change of the machine's mood meets all of them.</summary>
    public static Timing[] Interleave(IReadOnlyList<Action> actions, double seconds)
    {
        var times = new List<double>[actions.Count];
        for (int i = 0; i < times.Length; i++) times[i] = new List<double>(1 << 14);
        foreach (Action action in actions) Repeat(action, WarmUp, null);
        for (int round = 0; round * Turn.TotalSeconds < seconds; round++)
            for (int i = 0; i < times.Length; i++) Repeat(actions[i], Turn, times[i]);
        return [.. times.Select(all => Of(all, double.NaN))];
    }

    private static void Repeat(Action action, TimeSpan duration, List<double>? times)
    {
        long start = Stopwatch.GetTimestamp();
        do
        {
            long from = Stopwatch.GetTimestamp();
            action();
            times?.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
        }
        while (Stopwatch.GetElapsedTime(start) < duration);
    }

    private static Timing Of(List<double> times, double processor)
    {
        times.Sort();
        return new Timing(times[0], times[times.Count / 2], processor);
    }
}
