using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Execution;

/// <summary>Running means of what a forward of each model takes.</summary>
internal sealed class ForwardCosts(int maxSmallForwards)
{
    private const double Weight = 0.1; // of the newest forward: a prompt chunk among decode steps moves the mean little

    private readonly double[] _seconds = new double[2];

    /// <summary>
    /// How many small forwards fit into the time of one large forward: rows on the small model keep their pace, and rows on the large one
    /// never lose more than half of the time to them.
    /// </summary>
    public int SmallForwardsPerStep
    {
        get
        {
            double small = _seconds[(int)ModelRole.Small], large = _seconds[(int)ModelRole.Large];
            return small > 0 ? (int)Math.Clamp(Math.Round(large / small), 1, maxSmallForwards) : 1;
        }
    }

    public void Observe(ModelRole role, TimeSpan elapsed)
    {
        ref double mean = ref _seconds[(int)role];
        mean = mean == 0 ? elapsed.TotalSeconds : mean + Weight * (elapsed.TotalSeconds - mean);
    }
}
