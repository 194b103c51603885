namespace AdaptiveServe.Lab.Evaluation.Statistics;

/// <summary>The score interval of a proportion (Wilson 1927): right for few examples and near 0 and 1 too.</summary>
internal static class WilsonInterval
{
    /// <summary>The 97.5 % point of the normal distribution: 95 % lie within it on both sides.</summary>
    private const double Z = 1.959963984540054;

    /// <summary>Where 95 % of such intervals hold the proportion that the successes come from.</summary>
    public static Interval Of(int successes, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, count);
        double n = count, p = successes / n, weight = 1 + Z * Z / n;
        double center = (p + Z * Z / (2 * n)) / weight;
        double half = Z / weight * Math.Sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
        return new Interval(successes == 0 ? 0 : center - half, successes == count ? 1 : center + half);
    }
}
