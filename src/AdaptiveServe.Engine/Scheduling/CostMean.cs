namespace AdaptiveServe.Engine.Scheduling;

/// <summary>A running mean of what something takes, which one disturbed measurement does not spoil.</summary>
internal static class CostMean
{
    private const double Outlier = 4; // what disturbs a forward makes it longer, never shorter

    /// <summary>The mean after one more measurement: that counts as at most four times the mean, and the mean is at most four times it.</summary>
    /// <param name="mean">So far.</param>
    /// <param name="seconds">The newest measurement.</param>
    /// <param name="weight">Its share in the mean, 0 to 1.</param>
    public static double Next(double mean, double seconds, double weight) =>
        Math.Min(mean + weight * (Math.Min(seconds, Outlier * mean) - mean), Outlier * seconds);
}
