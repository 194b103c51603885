using AdaptiveServe.Lab.Speculation;

namespace AdaptiveServe.Lab.Tests.Speculation;

public class ReliabilityTests
{
    [Fact]
    public void Of_ChancesThatSortPerfectly_HasAucOne()
    {
        Reliability reliability = Reliability.Of([0.1f, 0.2f, 0.8f, 0.9f], [0, 0, 1, 1]);
        Assert.Equal(1, reliability.Auc);
        Assert.Equal((0.1 + 0.2 + 0.2 + 0.1) / 4, reliability.ExpectedError, 6);
        Assert.Equal(4, reliability.Groups.Count);
    }

    [Fact]
    public void Of_EqualChances_HaveAucOfAHalf() => Assert.Equal(0.5, Reliability.Of([0.7f, 0.7f, 0.7f], [0, 1, 1]).Auc);

    [Fact]
    public void Of_SomePairsWrong_CountsThem() =>
        Assert.Equal(0.75, Reliability.Of([0.1f, 0.6f, 0.5f, 0.9f], [0, 0, 1, 1]).Auc);

    [Fact]
    public void Of_OneClassOnly_HasNoAuc() => Assert.True(double.IsNaN(Reliability.Of([0.5f, 1f], [1, 1]).Auc));
}
