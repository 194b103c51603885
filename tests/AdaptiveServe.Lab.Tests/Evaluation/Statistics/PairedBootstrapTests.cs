using AdaptiveServe.Lab.Evaluation.Statistics;

namespace AdaptiveServe.Lab.Tests.Evaluation.Statistics;

public sealed class PairedBootstrapTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public void Compare_AllAlike_HasNoWidth(sbyte each) =>
        Assert.Equal(new Difference(each, new Interval(each, each)), PairedBootstrap.Compare([each, each, each]));

    /// <summary>Resamples of one up and one down have the means -1, 0 and 1 with 1/4, 1/2 and 1/4.</summary>
    [Fact]
    public void Compare_OneUpOneDown_ReachesBothEnds() =>
        Assert.Equal(new Difference(0, new Interval(-1, 1)), PairedBootstrap.Compare([1, -1]));

    /// <summary>Five of ones and nulls each in ten: binomial(10, 1/2), whose 2.5 % and 97.5 % points are 2 and 8.</summary>
    [Fact]
    public void Compare_HalfUp_IsTheBinomialInterval() =>
        Assert.Equal(new Difference(0.5, new Interval(0.2, 0.8)), PairedBootstrap.Compare([1, 1, 1, 1, 1, 0, 0, 0, 0, 0]));

    /// <summary>40 up and 20 down in 400: mean 0.05, its deviation sqrt((60/400 - 0.05²) / 400) = 0.0192.</summary>
    [Fact]
    public void Compare_Many_IsTheNormalInterval()
    {
        sbyte[] differences = [.. Enumerable.Range(0, 400).Select(i => (sbyte)(i < 40 ? 1 : i < 60 ? -1 : 0))];
        Difference difference = PairedBootstrap.Compare(differences);
        Assert.Equal(0.05, difference.Mean, 12);
        Assert.InRange(difference.Interval95.Low, 0.0124 - 0.003, 0.0124 + 0.003);
        Assert.InRange(difference.Interval95.High, 0.0876 - 0.003, 0.0876 + 0.003);
        Assert.Equal(difference, PairedBootstrap.Compare(differences));
    }

    [Fact]
    public void Ratio_OfTheSameRuns_IsOne() =>
        Assert.Equal(new Interval(1, 1), PairedBootstrap.Ratio([.. Enumerable.Repeat(true, 20)], [.. Enumerable.Repeat(true, 20)]));

    /// <summary>Always right before, half of 400 now: 0.5, its deviation 0.025.</summary>
    [Fact]
    public void Ratio_HalfOfAll_IsTheNormalInterval()
    {
        Interval interval = PairedBootstrap.Ratio([.. Enumerable.Range(0, 400).Select(i => i % 2 == 0)], [.. Enumerable.Repeat(true, 400)]);
        Assert.InRange(interval.Low, 0.451 - 0.01, 0.451 + 0.01);
        Assert.InRange(interval.High, 0.549 - 0.01, 0.549 + 0.01);
    }

    [Fact]
    public void Ratio_NothingRightBefore_Throws() => Assert.Throws<ArgumentException>(() => PairedBootstrap.Ratio([true], [false]));

    [Fact]
    public void Compare_Nothing_Throws() => Assert.Throws<ArgumentException>(() => PairedBootstrap.Compare([]));
}
