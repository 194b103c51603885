using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace AdaptiveServe.Lab.Export.Gguf;

/// <summary>From floats to the bytes of a <see cref="GgufDtype"/>.</summary>
internal static class TensorEncoder
{
    private const int ScaleBytes = 2;
    private const float HalfLimit = 65520; // half way beyond float16's largest number, 65504: from here on it rounds to infinity

    /// <summary>Writes whole rows; false where one of the values is too large for the type, or no number.</summary>
    public static bool TryEncode(GgufDtype dtype, ReadOnlySpan<float> values, Span<byte> destination)
    {
        if (dtype == GgufDtype.F32)
        {
            MemoryMarshal.AsBytes(values).CopyTo(destination);
            return true;
        }

        return dtype == GgufDtype.F16 ? TryEncodeHalves(values, destination) : TryEncodeBlocks(values, destination);
    }

    private static bool TryEncodeHalves(ReadOnlySpan<float> values, Span<byte> destination)
    {
        if (!(Largest(values) < HalfLimit)) return false; // written so that NaN fails too
        TensorPrimitives.ConvertToHalf(values, MemoryMarshal.Cast<byte, Half>(destination));
        return true;
    }

    private static bool TryEncodeBlocks(ReadOnlySpan<float> values, Span<byte> destination)
    {
        (int elements, int bytes) = (GgufDtype.Q8.BlockElements, GgufDtype.Q8.BlockBytes);
        for (; !values.IsEmpty; values = values[elements..], destination = destination[bytes..])
            if (!TryEncodeBlock(values[..elements], destination[..bytes])) return false;
        return true;
    }

    /// <summary>The largest value becomes 127 or -127, the others their nearest multiple of the scale.</summary>
    private static bool TryEncodeBlock(ReadOnlySpan<float> values, Span<byte> block)
    {
        float scale = Largest(values) / sbyte.MaxValue;
        if (!(scale < HalfLimit)) return false;
        BinaryPrimitives.WriteHalfLittleEndian(block, (Half)scale);

        // A block of zeros has the scale zero; one so small that its reciprocal overflows is as good as zero in float16.
        float inverse = (Half)scale == Half.Zero ? 0 : 1 / scale;
        for (int i = 0; i < values.Length; i++)
            block[ScaleBytes + i] = (byte)(sbyte)MathF.Round(values[i] * inverse, MidpointRounding.AwayFromZero);
        return true;
    }

    /// <summary>The largest magnitude, without its sign; NaN where one of the values is.</summary>
    private static float Largest(ReadOnlySpan<float> values) => MathF.Abs(TensorPrimitives.MaxMagnitude(values));
}
