using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Execution;

/// <summary>Running means of what a forward of each model takes.</summary>
internal sealed class ForwardCosts(int maxSmallForwards)
{
    private const double Weight = 0.1; // of the newest forward: a prompt chunk among decode steps moves the mean little

    private const double LeastPace = 1.0 / 16; // a mean is measured again, however slow the small model seems

    private readonly double[] _seconds = new double[2];
    private double _credit;

    /// <summary>
    /// How many small forwards come before the next large one: as many as fit into its time, and what is left over is kept for the step
    /// after. Rows on the small model keep their pace, and rows on the large one never lose more than half of the time to them.
    /// </summary>
    public int NextSmallForwards()
    {
        double small = _seconds[(int)ModelRole.Small], large = _seconds[(int)ModelRole.Large];
        if (small == 0 || large == 0) return 1; // not known yet
        _credit = Math.Min(_credit + Math.Max(large / small, LeastPace), maxSmallForwards);
        int forwards = (int)_credit;
        _credit -= forwards;
        return forwards;
    }

    public void Observe(ModelRole role, TimeSpan elapsed)
    {
        ref double mean = ref _seconds[(int)role];
        double seconds = elapsed.TotalSeconds;
        mean = mean == 0 ? seconds : CostMean.Next(mean, seconds, Weight);
    }
}
