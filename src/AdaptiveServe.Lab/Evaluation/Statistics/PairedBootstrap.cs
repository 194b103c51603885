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

    /// <summary>The interval that holds the middle 95 % of the resamples' ratios of right answers, of the new run to the old one.</summary>
    /// <param name="now">For each prompt, whether the new run is right.</param>
    /// <param name="before">The same of the old one, which is right somewhere.</param>
    public static Interval Ratio(ReadOnlySpan<bool> now, ReadOnlySpan<bool> before)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(now.Length, before.Length);
        if (!before.Contains(true)) throw new ArgumentException("Nothing is right that the new run could be compared with.", nameof(before));
        Random random = new(Seed);
        double[] ratios = new double[Resamples];
        foreach (ref double ratio in ratios.AsSpan())
        {
            int above = 0, below = 0;
            for (int i = 0; i < now.Length; i++)
            {
                int drawn = random.Next(now.Length);
                if (now[drawn]) above++;
                if (before[drawn]) below++;
            }

            ratio = above / Math.Max(1.0, below);
        }

        Array.Sort(ratios);
        return new Interval(ratios[(int)(0.025 * (Resamples - 1))], ratios[(int)(0.975 * (Resamples - 1))]);
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
