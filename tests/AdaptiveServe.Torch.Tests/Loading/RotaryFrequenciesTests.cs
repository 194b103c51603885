using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Torch.Tests.Loading;

/// <summary>
/// The expected numbers were computed apart from this code, by a Python script with the formulas of Hugging Face transformers,
/// <c>modeling_rope_utils.py</c> (<c>_compute_*_parameters</c>), in double precision.
/// </summary>
public class RotaryFrequenciesTests
{
    private static readonly RopeScaling Llama31 = new()
    {
        Kind = RopeKind.Llama3,
        Factor = 8,
        LowFrequencyFactor = 1,
        HighFrequencyFactor = 4,
        OriginalMaxPositions = 8192,
    };

    private static readonly RopeScaling Yarn4 = new() { Kind = RopeKind.Yarn, Factor = 4, OriginalMaxPositions = 32_768 };

    [Fact]
    public void Compute_NoScaling_IsThetaToTheFraction()
    {
        RotaryFrequencies frequencies = RotaryFrequencies.Compute(8, 10_000, RopeScaling.None);
        AssertEqual([1, 0.1, 0.01, 0.001], frequencies);
        Assert.Equal(1, frequencies.AttentionFactor);
    }

    [Fact]
    public void Compute_Linear_DividesAll()
    {
        RopeScaling scaling = new() { Kind = RopeKind.Linear, Factor = 4 };
        AssertEqual([0.25, 0.025, 0.0025, 0.00025], RotaryFrequencies.Compute(8, 10_000, scaling));
    }

    // Pair 4 has a wavelength of 4443, between 8192 / 4 and 8192 / 1: kept with weight (8192 / 4443 - 1) / 3 = 0.2813.
    [Fact]
    public void Compute_Llama3_KeepsInterpolatesAndDivides()
    {
        RotaryFrequencies frequencies = RotaryFrequencies.Compute(16, 500_000, Llama31);
        AssertEqual(
            [1.0, 0.19392274474868576, 0.03760603093086393, 0.0072926647372171085,
                0.0005248461609929547, 3.428102195952591e-05, 6.647869871181236e-06, 1.2891731721515574e-06],
            frequencies);
        Assert.Equal(1, frequencies.AttentionFactor);
    }

    [Fact]
    public void Compute_Llama32_DividesByThirtyTwo() =>
        AssertEqual(
            [1.0, 0.44036660267178046, 0.19392274474868576, 0.08539710028576561, 0.03760603093086393, 0.016560440080994446,
                0.0072926647372171085, 0.0032114459947525913, 0.00042955679655936815, 1.9461638184831125e-05, 8.570255489881478e-06,
                3.7740542941082826e-06, 1.661967467795309e-06, 7.318749675440419e-07, 3.2229329303788936e-07, 1.4192720251899592e-07],
            RotaryFrequencies.Compute(32, 500_000, Llama31 with { Factor = 32 }));

    [Fact]
    public void Compute_Yarn_RampsBetweenWholeDimensions()
    {
        RotaryFrequencies frequencies = RotaryFrequencies.Compute(16, 1_000_000, Yarn4);
        AssertEqual(
            [1.0, 0.17782794100389226, 0.03162277660168379, 0.004217559938927618,
                0.0005, 4.445698525097307e-05, 7.905694150420949e-06, 1.4058533129758728e-06],
            frequencies);
        Assert.Equal(1.138629436111989f, frequencies.AttentionFactor); // 0.1 ln 4 + 1
    }

    [Fact]
    public void Compute_YarnWithoutTruncation_RampsBetweenFractions() =>
        AssertEqual(
            [1.0, 0.17782794100389226, 0.03162277660168379, 0.0055172704751341225,
                0.0006074079378798391, 4.445698525097307e-05, 7.905694150420949e-06, 1.4058533129758728e-06],
            RotaryFrequencies.Compute(16, 1_000_000, Yarn4 with { Truncate = false }));

    [Fact]
    public void Compute_YarnWithOwnBetas_MovesTheRamp() =>
        AssertEqual(
            [1.0, 0.2239946675952602, 0.04166666666666667, 0.003952847075210474,
                0.00125, 0.00039528470752104737, 0.000125, 3.952847075210474e-05],
            RotaryFrequencies.Compute(
                16, 10_000, new RopeScaling { Kind = RopeKind.Yarn, Factor = 8, OriginalMaxPositions = 64, BetaFast = 4, BetaSlow = 1 }));

    // Both bounds fall to 0, so the ramp has no width and every pair but the first is interpolated.
    [Fact]
    public void Compute_YarnWithTinyContext_DoesNotDivideByZero() =>
        AssertEqual(
            [1.0, 0.05, 0.005, 0.0005],
            RotaryFrequencies.Compute(8, 10_000, new RopeScaling { Kind = RopeKind.Yarn, Factor = 2, OriginalMaxPositions = 4 }));

    [Theory]
    [InlineData(40.0, null, 0.707, 1.0, 0.9210423553163399)] // (0.0707 ln 40 + 1) / (0.1 ln 40 + 1)
    [InlineData(40.0, null, 1.0, 1.0, 1.0)]
    [InlineData(8.0, null, 0.707, null, 1.2079441541679836)] // one mscale alone says nothing: 0.1 ln 8 + 1
    [InlineData(8.0, 1.5, 0.707, 1.0, 1.5)]
    [InlineData(0.5, null, null, null, 1.0)]
    public void Compute_Yarn_AttentionFactor(double factor, double? given, double? scale, double? allDim, double expected)
    {
        RopeScaling scaling = Yarn4 with { Factor = factor, AttentionFactor = given, MScale = scale, MScaleAllDim = allDim };
        Assert.Equal((float)expected, RotaryFrequencies.Compute(16, 10_000, scaling).AttentionFactor);
    }

    [Fact]
    public void For_Config_UsesItsHeadDim()
    {
        using TempFolder folder = new();
        ModelConfig config = Configs.Load(folder, Configs.Llama, ("head_dim", "8"), ("rope_theta", "10000"));
        AssertEqual([1, 0.1, 0.01, 0.001], RotaryFrequencies.For(config));
    }

    private static void AssertEqual(double[] expected, RotaryFrequencies actual)
    {
        Assert.Equal(expected.Length, actual.Inverse.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(1, actual.Inverse[i] / expected[i], tolerance: 1.3e-7); // float's rounding
    }
}
