using System.Buffers;
using System.Text;
using AdaptiveServe.Tests;
using AdaptiveServe.Text.Streaming;
using CsCheck;

namespace AdaptiveServe.Text.Tests.Streaming;

public class Utf8AssemblerTests
{
    /// <summary>Bytes that begin, continue and never belong to a character are all common here.</summary>
    private static readonly Gen<byte[]> AnyBytes = Gen.OneOf(
        Gen.Byte,
        Gen.OneOfConst<byte>(0xC2, 0xE0, 0xE4, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF),
        Gen.OneOfConst<byte>(0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, (byte)'a')).Array[0, 12];

    [Fact]
    public void Append_AnyBytesInAnyParts_GivesWhatTheyDecodeTo()
    {
        Property.Check(AnyBytes.Array[0, 6], parts =>
        {
            byte[] bytes = [.. parts.SelectMany(part => part)];
            Assert.Equal(Encoding.UTF8.GetString(bytes), Assemble(parts, replacesEachByte: false));
        }, cases: 20_000);
    }

    [Fact]
    public void Append_ReplacingEachByte_ReplacesAsManyAsAreInvalid()
    {
        Property.Check(AnyBytes.Array[0, 6], parts =>
        {
            byte[] bytes = [.. parts.SelectMany(part => part)];
            Assert.Equal(Defined(bytes), Assemble(parts, replacesEachByte: true));
        }, cases: 20_000);
    }

    [Fact]
    public void Append_EmptyParts_ChangeNothing() => Assert.Equal("é", Assemble([[], [0xC3], [], [0xA9], []], replacesEachByte: false));

    private static string Defined(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        while (!bytes.IsEmpty)
        {
            bool isValid = Rune.DecodeFromUtf8(bytes, out Rune rune, out int length) == OperationStatus.Done;
            text.Append(isValid ? rune.ToString() : new string('\uFFFD', length));
            bytes = bytes[length..];
        }

        return text.ToString();
    }

    private static string Assemble(byte[][] parts, bool replacesEachByte)
    {
        var text = new ArrayBufferWriter<char>();
        var assembler = new Utf8Assembler(replacesEachByte);
        foreach (byte[] part in parts) assembler.Append(part, text);
        assembler.Flush(text);
        Assert.False(assembler.IsWaiting);
        return text.WrittenSpan.ToString();
    }
}
