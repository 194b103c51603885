namespace AdaptiveServe.Lab.Benchmarks.Workload;

/// <summary>Times of independent users: the gaps between them are exponentially distributed.</summary>
internal static class PoissonArrivals
{
    /// <summary>Ascending times without an end; the same for the same seed.</summary>
    /// <param name="rate">Mean number of arrivals in a second, above 0.</param>
    /// <param name="seed">Of the gaps.</param>
    public static IEnumerable<TimeSpan> Times(double rate, int seed)
    {
        Random random = new(seed);
        double seconds = 0;
        while (true)
        {
            seconds -= Math.Log(1 - random.NextDouble()) / rate;
            yield return TimeSpan.FromSeconds(seconds);
        }
    }
}
