namespace AdaptiveServe.Lab.Evaluation.Statistics;

/// <summary>
/// How far a difference of accuracies would vary with other prompts (Efron 1979, percentile interval): both runs answered the same
/// prompts, so each prompt is drawn with its two results, and what is hard for both does not blur the difference.
/// </summary>
internal static class PairedBootstrap
{
    public const int Resamples = 10_000;

    private const int Seed = 20_110_411;

    /// <summary>The mean difference and the interval that holds the middle 95 % of the resamples' means.</summary>
    /// <param name="differences">For each prompt 1 where only the new run is right, -1 where only the old one, and 0.</param>
    public static Difference Compare(ReadOnlySpan<sbyte> differences)
    {
        if (differences.IsEmpty) throw new ArgumentException("There is nothing to compare.", nameof(differences));
        Random random = new(Seed);
        int[] sums = new int[Resamples];
        foreach (ref int sum in sums.AsSpan())
        {
            for (int i = 0; i < differences.Length; i++) sum += differences[random.Next(differences.Length)];
        }

        Array.Sort(sums);
        return new Difference(Sum(differences) / (double)differences.Length,
            new Interval(Quantile(sums, 0.025, differences.Length), Quantile(sums, 0.975, differences.Length)));
    }

    private static int Sum(ReadOnlySpan<sbyte> differences)
    {
        int sum = 0;
        foreach (sbyte difference in differences) sum += difference;
        return sum;
    }

    /// <summary>Between the two nearest resamples where it falls between them.</summary>
    private static double Quantile(int[] sorted, double share, int count)
    {
        double place = share * (sorted.Length - 1);
        int below = (int)place;
        double above = sorted[Math.Min(below + 1, sorted.Length - 1)];
        return (sorted[below] + (place - below) * (above - sorted[below])) / count;
    }
}
