using System.Buffers.Binary;

namespace AdaptiveServe.Lab.Tests.Export.Gguf;

/// <summary>A tensor of a GGUF file.</summary>
/// <param name="Dimensions">The innermost first.</param>
/// <param name="Type">0 is float32, 1 float16, 8 q8_0.</param>
/// <param name="Data">As stored.</param>
internal sealed record GgufEntry(long[] Dimensions, uint Type, byte[] Data)
{
    private const int BlockElements = 32, BlockBytes = 34;

    public static int ByteCount(long[] dimensions, uint type)
    {
        long elements = dimensions.Aggregate(1L, (product, size) => product * size);
        if (type == 8) Assert.Equal(0, dimensions[0] % BlockElements);
        return (int)(type switch
        {
            0 => elements * 4,
            1 => elements * 2,
            8 => elements / BlockElements * BlockBytes,
            _ => throw new InvalidDataException($"the type {type} is not expected"),
        });
    }

    public float[] Values() => Type switch
    {
        0 => [.. Data.Chunk(4).Select(bytes => BinaryPrimitives.ReadSingleLittleEndian(bytes))],
        1 => [.. Data.Chunk(2).Select(bytes => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes))],
        _ => [.. Data.Chunk(BlockBytes).SelectMany(Block)],
    };

    private static IEnumerable<float> Block(byte[] block)
    {
        float scale = (float)BinaryPrimitives.ReadHalfLittleEndian(block);
        return block.Skip(2).Select(value => scale * (sbyte)value);
    }
}
