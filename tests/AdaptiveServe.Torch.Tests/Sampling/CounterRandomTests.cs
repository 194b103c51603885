using AdaptiveServe.Torch.Sampling;

namespace AdaptiveServe.Torch.Tests.Sampling;

public class CounterRandomTests
{
    /// <summary>Known answers published with the generator (Random123, kat_vectors).</summary>
    [Theory]
    [InlineData(0UL, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(ulong.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x299f31d0a4093822UL, 0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xd16cfe09u, 0x94fdcceb, 0x5001e420u, 0x24126ea1u)]
    public void Block_KnownInput_GivesKnownOutput(ulong seed, uint c0, uint c1, uint c2, uint c3, uint r0, uint r1, uint r2, uint r3) =>
        Assert.Equal((r0, r1, r2, r3), CounterRandom.Block(seed, c0, c1, c2, c3));

    [Fact]
    public void Uniform_ManyPositions_FillsTheIntervalEvenly()
    {
        var counts = new int[64];
        const int Draws = 200_000;
        for (int position = 0; position < Draws; position++)
        {
            double value = CounterRandom.Uniform(42, position, RandomPurpose.Sample);
            Assert.InRange(value, 0, 1 - 1e-16);
            counts[(int)(value * counts.Length)]++;
        }

        Assert.InRange(ChiSquare.PValue(counts, [.. Enumerable.Repeat(1.0 / 64, 64)]), 1e-4, 1);
    }
}
