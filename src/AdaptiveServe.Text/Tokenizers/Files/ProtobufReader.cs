using System.Buffers.Binary;

namespace AdaptiveServe.Text.Tokenizers.Files;

/// <summary>Walks the fields of a protobuf message. Each of the typed members reads the value of the current field.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private const int Varint = 0, Fixed64 = 1, Length = 2, Fixed32 = 5;

    private ReadOnlySpan<byte> _rest = message;
    private int _wireType;

    /// <summary>The number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>Moves to the next field; false at the end. The current field's value must have been read or skipped.</summary>
    /// <exception cref="FormatException">This and all other members: the message is malformed.</exception>
    public bool MoveNext()
    {
        if (_rest.IsEmpty) return false;
        ulong tag = Varint64();
        if (tag >> 3 is 0 or > int.MaxValue) throw Malformed();
        Field = (int)(tag >> 3);
        _wireType = (int)(tag & 7);
        return true;
    }

    public long AsInteger() => _wireType == Varint ? (long)Varint64() : throw Malformed();

    public bool AsBool() => AsInteger() != 0;

    public float AsFloat() => _wireType == Fixed32 ? BinaryPrimitives.ReadSingleLittleEndian(Take(4)) : throw Malformed();

    public ReadOnlySpan<byte> AsBytes()
    {
        if (_wireType != Length) throw Malformed();
        ulong length = Varint64();
        return length <= int.MaxValue ? Take((int)length) : throw Malformed();
    }

    public void Skip()
    {
        switch (_wireType)
        {
            case Varint: Varint64(); break;
            case Fixed64: Take(8); break;
            case Length: AsBytes(); break;
            case Fixed32: Take(4); break;
            default: throw Malformed();
        }
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length) throw Malformed();
        ReadOnlySpan<byte> taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    private ulong Varint64()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte part = Take(1)[0];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }

        throw Malformed();
    }

    private static FormatException Malformed() => new("the file is not a valid SentencePiece model");
}
