using AdaptiveServe.Lab.Training.Optimization;

namespace AdaptiveServe.Lab.Tests.Training.Optimization;

public class LearningRateTests
{
    [Fact]
    public void At_Progress_RisesToPeakAndFallsToFloor()
    {
        LearningRate rate = new(0.1f, Warmup: 0.1f, Floor: 0.05f);
        Assert.InRange(rate.At(0), 1e-4, 0.01);
        Assert.Equal(0.1, rate.At(0.1), 5);
        Assert.Equal(0.1 * (0.05 + 0.95 / 2), rate.At(0.55), 5);
        Assert.Equal(0.005, rate.At(1), 5);
        Assert.Equal(0.005, rate.At(1.5), 5);
        for (int i = 0; i < 10; i++) Assert.True(rate.At(i / 100.0) < rate.At((i + 1) / 100.0));
    }
}
