namespace AdaptiveServe.Lab.Speculation;

/// <summary>How well chances agree with what happened.</summary>
/// <param name="Auc">Chance that an accepted token got a higher one than a refused token.</param>
/// <param name="ExpectedError">Mean distance between the chance and the share, over ten groups of equal width (expected calibration error).</param>
/// <param name="Groups">Mean chance, share accepted, and number of each group that is not empty.</param>
internal sealed record Reliability(double Auc, double ExpectedError, IReadOnlyList<(double Chance, double Share, int Count)> Groups)
{
    private const int GroupCount = 10;

    public static Reliability Of(IReadOnlyList<float> chances, IReadOnlyList<float> outcomes)
    {
        List<(double, double, int)> groups = [];
        double error = 0;
        foreach (IGrouping<int, int> group in Enumerable.Range(0, chances.Count).GroupBy(i => Math.Min(GroupCount - 1, (int)(chances[i] * GroupCount))).OrderBy(group => group.Key))
        {
            double chance = group.Average(i => chances[i]), share = group.Average(i => outcomes[i]);
            int count = group.Count();
            groups.Add((chance, share, count));
            error += Math.Abs(chance - share) * count / chances.Count;
        }

        return new Reliability(AreaUnderCurve(chances, outcomes), error, groups);
    }

    /// <summary>By ranks (Mann and Whitney); equal chances share theirs.</summary>
    private static double AreaUnderCurve(IReadOnlyList<float> chances, IReadOnlyList<float> outcomes)
    {
        int[] order = [.. Enumerable.Range(0, chances.Count).OrderBy(i => chances[i])];
        double ranks = 0;
        long positives = 0;
        for (int from = 0; from < order.Length;)
        {
            int to = from;
            while (to < order.Length && chances[order[to]] == chances[order[from]]) to++;
            double rank = (from + 1 + to) / 2.0;
            for (int i = from; i < to; i++)
            {
                if (outcomes[order[i]] < 0.5) continue;
                ranks += rank;
                positives++;
            }

            from = to;
        }

        long negatives = order.Length - positives;
        return positives == 0 || negatives == 0 ? double.NaN : (ranks - positives * (positives + 1) / 2.0) / ((double)positives * negatives);
    }
}
