using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace AdaptiveServe.Lab.Export.Gguf;

/// <summary>The format's way of writing numbers and texts.</summary>
internal static class GgufBytes
{
    public static void WriteNumber(this IBufferWriter<byte> writer, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(writer.GetSpan(sizeof(uint)), value);
        writer.Advance(sizeof(uint));
    }

    public static void WriteNumber(this IBufferWriter<byte> writer, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(writer.GetSpan(sizeof(ulong)), value);
        writer.Advance(sizeof(ulong));
    }

    public static void WriteNumber(this IBufferWriter<byte> writer, float value) =>
        writer.WriteNumber(BitConverter.SingleToUInt32Bits(value));

    /// <summary>The length of the UTF-8 in bytes, then that.</summary>
    public static void WriteText(this IBufferWriter<byte> writer, string text)
    {
        writer.WriteNumber((ulong)Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, writer);
    }
}
