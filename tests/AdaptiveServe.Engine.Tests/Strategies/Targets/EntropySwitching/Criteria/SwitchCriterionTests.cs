using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;
using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching.Criteria;

namespace AdaptiveServe.Engine.Tests.Strategies.Targets.EntropySwitching.Criteria;

public class SwitchCriterionTests
{
    [Theory]
    [InlineData("entropy", new[] { 2.0, 1.5, 0.5, 2.0 })]
    [InlineData("max_probability", new[] { 0.5, 0.4, 0.2, 0.4 })]
    [InlineData("margin", new[] { 0.75, 0.5, 0.25, 0.625 })]
    [InlineData("acceptance", new[] { 0.6, 0.4, 0.15, 0.4 })]
    public void Observe_WindowOfTwo_IsTheMeanOfTheLastTwo(string name, double[] expected) => Assert.Equal(expected, Observe(name, 2), Close);

    /// <summary>With a window of 3 the newest token has half of the weight.</summary>
    [Fact]
    public void Observe_Momentum_WeighsRecentTokensMost()
    {
        double second = (0.25 * 2 + 0.5 * 1) / 0.75, third = (0.125 * 2 + 0.25 * 1 + 0.5 * 0) / 0.875;
        Assert.Equal([2, second, third, (0.0625 * 2 + 0.125 * 1 + 0.5 * 4) / 0.9375], Observe("momentum", 3), Close);
    }

    [Fact]
    public void Observe_MomentumOfOneToken_IsTheEntropy() => Assert.Equal([2, 1, 0, 4], Observe("momentum", 1), Close);

    /// <summary>So that a negative threshold is below every criterion.</summary>
    [Fact]
    public void Observe_Certainty_IsZero() => Assert.All(EntropySwitchingOptions.CriterionNames, name =>
        Assert.Equal(0, SwitchCriterion.Create(name, 5).Observe(new ModelView(0, 1) { Margin = 1, Acceptance = 1 })));

    [Fact]
    public void NeedsMargin_OnlyTheMargin_CostsAPass() => Assert.Equal(
        ["margin"], EntropySwitchingOptions.CriterionNames.Where(name => SwitchCriterion.Create(name, 5).NeedsMargin));

    private static bool Close(double a, double b) => Math.Abs(a - b) < 1e-6;

    private static double[] Observe(string name, int window)
    {
        SwitchCriterion criterion = SwitchCriterion.Create(name, window);
        List<double> values = [];
        foreach (ModelView view in Views)
        {
            Assert.NotEqual(0, criterion.With(new ModelView(7, 0.1f) { Margin = 0.1f, Acceptance = 0.5f })); // forgotten at once
            double value = criterion.With(view);
            Assert.Equal(value, criterion.Observe(view));
            values.Add(value);
        }

        return [.. values];
    }

    private static readonly ModelView[] Views =
    [
        new(2, 0.5f) { Margin = 0.25f, Acceptance = 0.4f }, new(1, 0.7f) { Margin = 0.75f, Acceptance = 0.8f },
        new(0, 0.9f) { Margin = 0.75f, Acceptance = 0.9f }, new(4, 0.3f) { Margin = 0, Acceptance = 0.3f },
    ];
}
