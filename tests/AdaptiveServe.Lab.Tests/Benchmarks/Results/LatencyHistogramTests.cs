using AdaptiveServe.Lab.Benchmarks.Results;
using CsCheck;

namespace AdaptiveServe.Lab.Tests.Benchmarks.Results;

public class LatencyHistogramTests
{
    [Fact]
    public void Summarize_Nothing_IsZero() => Assert.Equal(new LatencySummary(0, 0, 0, 0, 0, 0), new LatencyHistogram().Summarize());

    [Fact]
    public void Summarize_One_IsThatOne() =>
        Assert.Equal(new LatencySummary(1, 12.345, 12.345, 12.345, 12.345, 12.345), Of(12.345).Summarize());

    [Fact]
    public void Summarize_OneToHundred_IsByNearestRank()
    {
        LatencySummary summary = Of([.. Enumerable.Range(1, 100).Select(i => (double)i)]).Summarize();
        Assert.Equal((100, 50.5, 100), (summary.Count, summary.Mean, summary.Max));
        Assert.Equal([50, 90, 99], new[] { summary.P50, summary.P90, summary.P99 }.Select(time => Math.Round(time, 1)));
    }

    [Fact]
    public void Summarize_AnyTimes_IsWithinATenThousandthOfTheSortedOnes() =>
        Gen.Double[0.001, 100_000_000].Array[1, 500].Sample(times =>
        {
            LatencySummary summary = Of(times).Summarize();
            double[] sorted = [.. times.Order()];
            Assert.Equal(times.Average(), summary.Mean, sorted[^1] * 1e-6 + 1e-3);
            Assert.Equal(sorted[^1], summary.Max, 1e-3);
            foreach ((double percent, double measured) in new[] { (50.0, summary.P50), (90, summary.P90), (99, summary.P99) })
            {
                double expected = sorted[Math.Max((int)(percent / 100 * times.Length + 0.5), 1) - 1];
                Assert.Equal(expected, measured, expected * 1e-4 + 0.0015);
            }
        }, seed: "0000KXKXdnq6", iter: 100);

    [Fact]
    public void Add_BeyondItsRange_IsHeldWithinIt()
    {
        LatencySummary summary = Of(-5, TimeSpan.FromDays(9).TotalMilliseconds).Summarize();
        Assert.Equal((2, 0, TimeSpan.FromDays(2).TotalMilliseconds), (summary.Count, summary.P50, summary.Max));
    }

    private static LatencyHistogram Of(params double[] milliseconds)
    {
        LatencyHistogram histogram = new();
        foreach (double time in milliseconds) histogram.Add(TimeSpan.FromMilliseconds(time));
        return histogram;
    }
}
