namespace AdaptiveServe.Torch.Tests.Sampling;

/// <summary>Pearson's chi-square test of counts against probabilities.</summary>
internal static class ChiSquare
{
    /// <summary>The probability of counts at least this far from what is expected; 0 when something impossible was counted.</summary>
    public static double PValue(ReadOnlySpan<int> counts, ReadOnlySpan<double> probabilities)
    {
        double total = 0, statistic = 0;
        foreach (int count in counts) total += count;
        double restExpected = 0, restCounted = 0; // cells that expect fewer than five are joined
        int cells = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            double expected = probabilities[i] * total;
            if (probabilities[i] == 0 && counts[i] > 0) return 0;
            if (expected < 5)
            {
                restExpected += expected;
                restCounted += counts[i];
                continue;
            }

            statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
            cells++;
        }

        if (restExpected >= 1)
        {
            statistic += (restCounted - restExpected) * (restCounted - restExpected) / restExpected;
            cells++;
        }

        return cells < 2 ? 1 : UpperGamma((cells - 1) / 2.0, statistic / 2);
    }

    /// <summary>The regularised upper incomplete gamma function Q(a, x), by its series or its continued fraction.</summary>
    private static double UpperGamma(double a, double x)
    {
        if (x <= 0) return 1;
        double front = Math.Exp(a * Math.Log(x) - x - LogGamma(a));
        if (x < a + 1)
        {
            double term = 1 / a, sum = term;
            for (int n = 1; n < 10_000 && term > sum * 1e-15; n++) sum += term *= x / (a + n);
            return Math.Max(0, 1 - front * sum);
        }

        double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;
        for (int n = 1; n < 10_000; n++)
        {
            double numerator = -n * (n - a);
            b += 2;
            d = 1 / (numerator * d + b);
            c = b + numerator / c;
            h *= d * c;
            if (Math.Abs(d * c - 1) < 1e-15) break;
        }

        return front * h;
    }

    /// <summary>Stirling's series, shifted to where it is accurate.</summary>
    private static double LogGamma(double z)
    {
        double shift = 0;
        for (; z < 10; z++) shift -= Math.Log(z);
        return shift + (z - 0.5) * Math.Log(z) - z + 0.5 * Math.Log(2 * Math.PI) + 1 / (12 * z) - 1 / (360 * z * z * z);
    }
}
