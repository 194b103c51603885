using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Tests.Execution;

public class ForwardCostsTests
{
    [Fact]
    public void NextSmallForwards_NothingObserved_IsOne()
    {
        var costs = new ForwardCosts(16);
        Assert.Equal(1, costs.NextSmallForwards());
        costs.Observe(ModelRole.Small, TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, costs.NextSmallForwards());
    }

    [Theory]
    [InlineData(1, 5, 16, new[] { 5, 5, 5, 5 })]
    [InlineData(2, 7, 16, new[] { 3, 4, 3, 4 })] // 3.5: never more than the time of the large forwards so far
    [InlineData(1, 100, 16, new[] { 16, 16, 16, 16 })]
    [InlineData(4, 4, 16, new[] { 1, 1, 1, 1 })]
    [InlineData(4, 1, 16, new[] { 0, 0, 0, 1, 0, 0, 0, 1 })]
    [InlineData(4, 6, 1, new[] { 1, 1, 1, 1 })]
    public void NextSmallForwards_KnownCosts_TakeTheTimeOfTheLargeOnes(int small, int large, int most, int[] forwards)
    {
        ForwardCosts costs = Observed(small, large, most);
        Assert.Equal(forwards, forwards.Select(_ => costs.NextSmallForwards()));
    }

    [Fact]
    public void Observe_OneLongForward_MovesTheMeanLittle()
    {
        ForwardCosts costs = Observed(small: 10, large: 40, most: 16);
        costs.Observe(ModelRole.Large, TimeSpan.FromMilliseconds(140)); // the mean is 50 now
        Assert.Equal(5, costs.NextSmallForwards());
        for (int i = 0; i < 200; i++) costs.Observe(ModelRole.Large, TimeSpan.FromMilliseconds(100.001));
        Assert.Equal(10, costs.NextSmallForwards());
    }

    [Fact]
    public void Observe_Hiccup_IsForgottenWithTheNextForward()
    {
        ForwardCosts costs = Observed(small: 1, large: 4, most: 16);
        costs.Observe(ModelRole.Small, TimeSpan.FromSeconds(1)); // counts as 4: the mean is 1.3
        Assert.Equal(3, costs.NextSmallForwards());

        costs = Observed(small: 1000, large: 4, most: 16); // the first that is counted is the hiccup
        int[] forwards = [.. Enumerable.Range(0, 16).Select(_ => costs.NextSmallForwards())];
        Assert.Equal(1, forwards.Sum()); // but one comes, and is measured
        costs.Observe(ModelRole.Small, TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, costs.NextSmallForwards()); // the mean is 4
    }

    private static ForwardCosts Observed(int small, int large, int most)
    {
        var costs = new ForwardCosts(most);
        costs.Observe(ModelRole.Small, TimeSpan.FromMilliseconds(small));
        costs.Observe(ModelRole.Large, TimeSpan.FromMilliseconds(large));
        return costs;
    }
}
