using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace AdaptiveServe.Text.Streaming;

/// <summary>Turns a stream of bytes into characters. A character that is not complete waits for its remaining bytes.</summary>
/// <param name="replacesEachByte">
/// How many U+FFFD an incomplete character leaves: true, one for each of its bytes; false, one.
/// </param>
internal sealed class Utf8Assembler(bool replacesEachByte)
{
    private const char Replacement = '\uFFFD';

    private readonly byte[] _waiting = new byte[3];
    private int _waitingLength;

    /// <summary>Whether a character waits for more bytes.</summary>
    public bool IsWaiting => _waitingLength > 0;

    /// <summary>Takes bytes in and writes the characters that are settled.</summary>
    public void Append(ReadOnlySpan<byte> bytes, IBufferWriter<char> output)
    {
        if (_waitingLength > 0) bytes = FinishWaiting(bytes, output);
        while (!bytes.IsEmpty)
        {
            Span<char> destination = output.GetSpan(bytes.Length);
            OperationStatus status = Utf8.ToUtf16(
                bytes, destination, out int read, out int written, replaceInvalidSequences: false, isFinalBlock: false);
            output.Advance(written);
            bytes = bytes[read..];
            if (status == OperationStatus.NeedMoreData)
            {
                bytes.CopyTo(_waiting);
                _waitingLength = bytes.Length;
                return;
            }

            if (status == OperationStatus.InvalidData)
            {
                Rune.DecodeFromUtf8(bytes, out _, out int invalid);
                Replace(invalid, output);
                bytes = bytes[invalid..];
            }
        }
    }

    /// <summary>Ends the stream: what waits can no longer be completed.</summary>
    public void Flush(IBufferWriter<char> output)
    {
        if (_waitingLength > 0) Replace(_waitingLength, output);
        _waitingLength = 0;
    }

    /// <summary>
    /// Feeds the waiting character byte by byte until it is complete or proves invalid; returns the bytes it did not take.
    /// </summary>
    private ReadOnlySpan<byte> FinishWaiting(ReadOnlySpan<byte> bytes, IBufferWriter<char> output)
    {
        Span<byte> character = stackalloc byte[4];
        _waiting.AsSpan(0, _waitingLength).CopyTo(character);
        int length = _waitingLength;
        for (int taken = 0; taken < bytes.Length;)
        {
            character[length++] = bytes[taken++];
            OperationStatus status = Rune.DecodeFromUtf8(character[..length], out Rune rune, out _);
            if (status == OperationStatus.NeedMoreData) continue;

            _waitingLength = 0;
            if (status == OperationStatus.Done)
            {
                output.Advance(rune.EncodeToUtf16(output.GetSpan(2)));
                return bytes[taken..];
            }

            Replace(length - 1, output); // the last byte did not belong to it and may begin the next character
            return bytes[(taken - 1)..];
        }

        character[..length].CopyTo(_waiting);
        _waitingLength = length;
        return [];
    }

    private void Replace(int invalidBytes, IBufferWriter<char> output)
    {
        int count = replacesEachByte ? invalidBytes : 1;
        output.GetSpan(count)[..count].Fill(Replacement);
        output.Advance(count);
    }
}
