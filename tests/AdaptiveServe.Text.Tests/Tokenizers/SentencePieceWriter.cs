using System.Buffers.Binary;
using System.Text;

namespace AdaptiveServe.Text.Tests.Tokenizers;

/// <summary>Writes a <c>tokenizer.model</c>: field numbers are those of sentencepiece_model.proto.</summary>
internal sealed class SentencePieceWriter
{
    public const int Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Byte = 6;

    private readonly List<byte> _pieces = [];

    public int ModelType { get; set; } = 2; // BPE
    public bool FallsBackToBytes { get; set; }
    public bool SpaceIsSuffix { get; set; }
    public bool AddsPrefix { get; set; } = true;
    public byte[] CharacterMap { get; set; } = [];
    public long PadId { get; set; } = -1;

    public SentencePieceWriter Add(string text, float score = 0, int type = Normal)
    {
        Span<byte> bits = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bits, score);
        byte[] message = [.. Field(1, Encoding.UTF8.GetBytes(text)), 2 << 3 | 5, .. bits, .. Field(3, type)];
        _pieces.AddRange(Field(1, message));
        return this;
    }

    public byte[] ToArray()
    {
        byte[] trainer =
            [.. Field(3, ModelType), .. Field(24, SpaceIsSuffix ? 1 : 0), .. Field(35, FallsBackToBytes ? 1 : 0), .. Field(43, PadId)];
        byte[] normalizer = [.. Field(1, "identity"u8.ToArray()), .. Field(2, CharacterMap), .. Field(3, AddsPrefix ? 1 : 0)];
        return [.. _pieces, .. Field(2, trainer), .. Field(3, normalizer)];
    }

    private static byte[] Field(int number, byte[] value) => [.. Varint((ulong)number << 3 | 2), .. Varint((ulong)value.Length), .. value];

    private static byte[] Field(int number, long value) => [.. Varint((ulong)number << 3), .. Varint((ulong)value)];

    private static List<byte> Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return bytes;
    }
}
