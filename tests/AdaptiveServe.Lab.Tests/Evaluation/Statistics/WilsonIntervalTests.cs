using AdaptiveServe.Lab.Evaluation.Statistics;

namespace AdaptiveServe.Lab.Tests.Evaluation.Statistics;

public sealed class WilsonIntervalTests
{
    // (p + z²/2n ± z·sqrt(p(1 - p)/n + z²/4n²)) / (1 + z²/n) with z² = 3.841459. At p = 0 that is 0 to z²/(n + z²).
    [Theory]
    [InlineData(0, 10, 0, 0.277533)]
    [InlineData(10, 10, 0.722467, 1)]
    [InlineData(8, 10, 0.490162, 0.943318)]
    [InlineData(50, 100, 0.403832, 0.596168)]
    [InlineData(0, 1, 0, 0.793451)]
    public void Of_Counts_IsTheIntervalByHand(int successes, int count, double low, double high)
    {
        Interval interval = WilsonInterval.Of(successes, count);
        Assert.Equal(low, interval.Low, 6);
        Assert.Equal(high, interval.High, 6);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 2)]
    [InlineData(3, 2)]
    public void Of_ImpossibleCounts_Throws(int successes, int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => WilsonInterval.Of(successes, count));
}
