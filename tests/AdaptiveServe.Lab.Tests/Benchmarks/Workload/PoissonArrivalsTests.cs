using AdaptiveServe.Lab.Benchmarks.Workload;

namespace AdaptiveServe.Lab.Tests.Benchmarks.Workload;

public class PoissonArrivalsTests
{
    [Fact]
    public void Times_SameSeed_AreTheSame()
    {
        Assert.Equal(PoissonArrivals.Times(3, seed: 7).Take(100), PoissonArrivals.Times(3, seed: 7).Take(100));
        Assert.NotEqual(PoissonArrivals.Times(3, seed: 7).Take(100), PoissonArrivals.Times(3, seed: 8).Take(100));
    }

    [Fact]
    public void Times_Gaps_AreExponentiallyDistributed()
    {
        const int Count = 100_000;
        const double Rate = 4;
        TimeSpan[] times = [.. PoissonArrivals.Times(Rate, seed: 1).Take(Count)];
        double[] gaps = [.. times.Prepend(TimeSpan.Zero).Zip(times, (a, b) => (b - a).TotalSeconds).Order()];
        Assert.True(gaps[0] >= 0);

        // Kolmogorov-Smirnov: the largest distance to the distribution stays below the bound for a level of 0.1 %.
        double distance = gaps.Select((gap, i) => Math.Abs((i + 0.5) / Count - (1 - Math.Exp(-Rate * gap)))).Max();
        Assert.True(distance < 1.95 / Math.Sqrt(Count), $"distance {distance}");
    }
}
