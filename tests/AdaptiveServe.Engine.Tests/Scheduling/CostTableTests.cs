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
        Observe(table, 0, 1);
        Observe(table, 1, 0);
        table.Observe(1, 1);
        table.Observe(1, 1);
        Assert.False(table.IsKnown); // the first ones of a process are slow
        table.Observe(1, 1);
        Assert.True(table.IsKnown);
    }

    [Fact]
    public void Seconds_BetweenTwoMeasuredSizes_LiesOnTheLine()
    {
        CostTable table = new();
        Observe(table, 1, 1);
        Observe(table, 5, 3);
        Assert.Equal(1, table.Seconds(1), 9);
        Assert.Equal(2, table.Seconds(3), 9);
        Assert.Equal(3, table.Seconds(5), 9);
    }

    [Fact]
    public void Seconds_BeyondTheLargestMeasured_IsHopefulAndGrows()
    {
        CostTable table = new();
        Observe(table, 1, 1);
        Assert.InRange(table.Seconds(5), 1.05, 1.5);
        Observe(table, 100, 10);
        Assert.InRange(table.Seconds(200), 10.5, 20);
    }

    [Fact]
    public void Seconds_BelowTheSmallestMeasured_IsThat()
    {
        CostTable table = new();
        Observe(table, 64, 4);
        Assert.Equal(4, table.Seconds(1));
    }

    [Fact]
    public void Seconds_ALongerForwardWasFaster_NeverFalls()
    {
        CostTable table = new();
        Observe(table, 2, 2);
        Observe(table, 4, 1);
        Assert.Equal(2, table.Seconds(3));
    }

    [Fact]
    public void Observe_Hiccup_CountsFourTimesTheMeanAndFades()
    {
        CostTable table = new();
        Observe(table, 1, 1);
        table.Observe(1, 1000);
        Assert.Equal(1.75, table.Seconds(1), 9); // a quarter of 4, three of 1
        for (int i = 0; i < 9; i++) table.Observe(1, 1);
        Assert.InRange(table.Seconds(1), 1, 1.4);

        table = new();
        table.Observe(1, 1000); // the first one
        for (int i = 0; i < 9; i++) table.Observe(1, 1);
        Assert.InRange(table.Seconds(1), 1, 1.6);
    }

    [Fact]
    public void Observe_OtherSizesForLong_ForgetsOne()
    {
        CostTable table = new();
        Observe(table, 1, 1);
        Observe(table, 5, 100);
        for (int i = 0; i < 400; i++) table.Observe(1, 1);
        Assert.Equal(100, table.Seconds(5), 9);
        for (int i = 0; i < 200; i++) table.Observe(1, 1);
        Assert.InRange(table.Seconds(5), 1, 2);
        Observe(table, 5, 2);
        Assert.Equal(2, table.Seconds(5), 9);
    }

    [Theory, InlineData(9, 16, true), InlineData(8, 9, false), InlineData(16, 17, false), InlineData(int.MaxValue, 1 << 30, true)]
    public void Observe_LargeSizes_ShareAMeanUpToAPowerOfTwo(int first, int second, bool shares)
    {
        CostTable table = new();
        Observe(table, first, 1);
        Observe(table, second, 2);
        double mean = table.Seconds(Math.Min(first, second));
        Assert.Equal(shares, mean is > 1.0 and < 2.0);
    }

    /// <summary>As often as it takes to be known.</summary>
    private static void Observe(CostTable table, int tokens, double seconds)
    {
        for (int i = 0; i < 3; i++) table.Observe(tokens, seconds);
    }
}
