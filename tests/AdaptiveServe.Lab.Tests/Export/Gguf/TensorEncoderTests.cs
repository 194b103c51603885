using System.Buffers.Binary;
using AdaptiveServe.Lab.Export.Gguf;

namespace AdaptiveServe.Lab.Tests.Export.Gguf;

public class TensorEncoderTests
{
    [Theory]
    [InlineData(65504f, true)]
    [InlineData(65519f, true)]
    [InlineData(65520f, false)]
    [InlineData(-65520f, false)]
    [InlineData(float.PositiveInfinity, false)]
    [InlineData(float.NaN, false)]
    public void TryEncode_Halves_RefusesWhatWouldBecomeInfinite(float value, bool fits)
    {
        byte[] bytes = new byte[6];
        Assert.Equal(fits, TensorEncoder.TryEncode(GgufDtype.F16, [1, value, -1], bytes));
        if (fits) Assert.Equal((Half)65504, BinaryPrimitives.ReadHalfLittleEndian(bytes.AsSpan(2)));
    }

    [Theory]
    [InlineData(254f)]
    [InlineData(-254f)]
    public void TryEncode_Block_GivesTheLargestMagnitude127AndKeepsSigns(float largest)
    {
        float[] values = new float[32];
        (values[3], values[4], values[5], values[6]) = (largest, 1.1f, -2.9f, 3);
        byte[] block = Encode(values);
        Assert.Equal((Half)2, BinaryPrimitives.ReadHalfLittleEndian(block));
        Assert.Equal([Math.Sign(largest) * 127, 1, -1, 2, 0], block[5..10].Select(value => (int)(sbyte)value)); // 1.5 rounds away from 0
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1e-40f)]
    [InlineData(1e-7f)]
    public void TryEncode_BlockTooSmallForItsScale_IsZero(float value)
    {
        float[] values = [.. Enumerable.Repeat(value, 32)];
        byte[] block = Encode(values);
        Assert.Equal(0f, (float)BinaryPrimitives.ReadHalfLittleEndian(block));
    }

    [Theory]
    [InlineData(1e7f)]
    [InlineData(-1e7f)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(float.NaN)]
    public void TryEncode_BlockTooLargeForItsScale_IsRefused(float value)
    {
        float[] values = new float[64];
        values[40] = value;
        Assert.False(TensorEncoder.TryEncode(GgufDtype.Q8, values, new byte[68]));
    }

    private static byte[] Encode(float[] values)
    {
        byte[] block = new byte[34];
        Assert.True(TensorEncoder.TryEncode(GgufDtype.Q8, values, block));
        return block;
    }
}
