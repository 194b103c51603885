using System.Globalization;
using System.Text;
using AdaptiveServe.Text.Tokenizers.Bpe;

namespace AdaptiveServe.Text.Tokenizers.Families;

/// <summary>
/// Vocabularies of characters, as SentencePiece trains them: spaces are the character U+2581, a whole text is one word, and characters
/// outside the vocabulary become byte tokens or the unknown token.
/// </summary>
internal sealed class SentencePieceFamily : TokenizerFamily
{
    private readonly Vocabulary _vocabulary;
    private readonly BpeEncoder _bpe;
    private readonly MergeBoundaries _boundaries;
    private readonly Metaspace? _metaspace;
    private readonly IReadOnlyList<(string Old, string New)> _decoderReplacements;
    private readonly int[]? _byteIds; // null without byte fallback
    private readonly int _unknownId;
    private readonly bool _fuseUnknown;

    public SentencePieceFamily(TokenizerDefinition definition)
    {
        _vocabulary = definition.Vocabulary;
        _bpe = new BpeEncoder(definition);
        _boundaries = new MergeBoundaries(definition.Vocabulary, definition.Merges);
        _metaspace = definition.Metaspace;
        _decoderReplacements = definition.DecoderReplacements;
        _fuseUnknown = definition.FuseUnknown;
        if (definition.IgnoreMerges) throw new FormatException("ignore_merges without ByteLevel is not supported");
        if (definition.ByteFallback) _byteIds = [.. Enumerable.Range(0, 256).Select(value => ByteId((byte)value))];
        else _unknownId = definition.UnknownId ?? throw new FormatException("there is neither byte_fallback nor an unk_token");
    }

    public override bool ReplacesEachInvalidByte => true;

    public override void Encode(ReadOnlySpan<char> text, bool isFirst, List<int> ids) =>
        EncodeWords(_metaspace is null ? text : _metaspace.Apply(text, isFirst), ids);

    public override byte[] Bytes(string piece)
    {
        if (_byteIds is not null && TryParseByte(piece, out byte value)) return [value];
        foreach ((string old, string replacement) in _decoderReplacements)
            piece = piece.Replace(old, replacement, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(piece);
    }

    /// <summary>Runs of known characters are merged; what lies between them is unknown.</summary>
    private void EncodeWords(ReadOnlySpan<char> text, List<int> ids)
    {
        bool afterUnknown = false;
        int wordStart = 0;
        for (int i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text[i..], out Rune rune, out int length); // half a surrogate pair reads as U+FFFD
            bool isKnown = _vocabulary.TryFind(text.Slice(i, length), out _);
            if (isKnown)
            {
                if (i > wordStart && CanCut(text[i - 1], text[i]))
                {
                    EncodeWord(text[wordStart..i], ids);
                    wordStart = i;
                }
            }
            else
            {
                EncodeWord(text[wordStart..i], ids);
                wordStart = i + length;
                if (_byteIds is not null) EncodeBytes(rune, ids);
                else if (!(afterUnknown && _fuseUnknown)) ids.Add(_unknownId);
            }

            afterUnknown = !isKnown;
            i += length;
        }

        EncodeWord(text[wordStart..], ids);
    }

    private bool CanCut(char before, char after) =>
        _boundaries.CanCut(before, after) || (_metaspace is { Cuts: true } metaspace && after == metaspace.Space);

    private void EncodeWord(ReadOnlySpan<char> word, List<int> ids)
    {
        if (word.IsEmpty) return;
        if (word.Length == 1 && _vocabulary.TryFind(word, out int id)) ids.Add(id);
        else _bpe.Encode(word, ids);
    }

    private void EncodeBytes(Rune rune, List<int> ids)
    {
        Span<byte> bytes = stackalloc byte[4];
        int length = rune.EncodeToUtf8(bytes);
        foreach (byte value in bytes[..length]) ids.Add(_byteIds![value]);
    }

    private int ByteId(byte value) =>
        _vocabulary.Find($"<0x{value:X2}>") ?? throw new FormatException($"byte_fallback is set, but the piece <0x{value:X2}> is missing");

    private static bool TryParseByte(string piece, out byte value)
    {
        value = 0;
        return piece.Length == 6 && piece.StartsWith("<0x", StringComparison.Ordinal) && piece[5] == '>'
            && byte.TryParse(piece.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
