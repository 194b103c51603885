using AdaptiveServe.Engine.Scheduling;

namespace AdaptiveServe.Engine.Tests.Scheduling;

public class CostTableTests
{
    [Fact]
    public void Seconds_NothingMeasured_IsZero()
    {
        CostTable table = new();
        Assert.False(table.IsKnown);
        Assert.Equal(0, table.Seconds(3));
        table.Observe(0, 1);
        table.Observe(1, 0);
        Assert.False(table.IsKnown);
    }

    [Fact]
    public void Seconds_BetweenTwoMeasuredSizes_LiesOnTheLine()
    {
        CostTable table = new();
        table.Observe(1, 1);
        table.Observe(5, 3);
        Assert.Equal(1, table.Seconds(1), 9);
        Assert.Equal(2, table.Seconds(3), 9);
        Assert.Equal(3, table.Seconds(5), 9);
    }

    [Fact]
    public void Seconds_BeyondTheLargestMeasured_IsHopefulAndGrows()
    {
        CostTable table = new();
        table.Observe(1, 1);
        Assert.InRange(table.Seconds(5), 1.05, 1.5);
        table.Observe(100, 10);
        Assert.InRange(table.Seconds(200), 10.5, 20);
    }

    [Fact]
    public void Seconds_BelowTheSmallestMeasured_IsThat()
    {
        CostTable table = new();
        table.Observe(64, 4);
        Assert.Equal(4, table.Seconds(1));
    }

    [Fact]
    public void Seconds_ALongerForwardWasFaster_NeverFalls()
    {
        CostTable table = new();
        table.Observe(2, 2);
        table.Observe(4, 1);
        Assert.Equal(2, table.Seconds(3));
    }

    [Fact]
    public void Observe_Hiccup_CountsFourTimesTheMean()
    {
        CostTable table = new();
        table.Observe(1, 1);
        table.Observe(1, 1000);
        Assert.Equal(1.3, table.Seconds(1), 9);

        table = new();
        table.Observe(1, 1000);
        table.Observe(1, 1);
        Assert.Equal(4, table.Seconds(1), 9);
    }

    [Theory, InlineData(9, 16, true), InlineData(8, 9, false), InlineData(16, 17, false), InlineData(int.MaxValue, 1 << 30, true)]
    public void Observe_LargeSizes_ShareAMeanUpToAPowerOfTwo(int first, int second, bool shares)
    {
        CostTable table = new();
        table.Observe(first, 1);
        table.Observe(second, 2);
        double mean = table.Seconds(Math.Min(first, second));
        Assert.Equal(shares, mean is > 1.0 and < 1.2);
    }
}
