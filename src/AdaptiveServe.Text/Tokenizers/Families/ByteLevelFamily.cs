using System.Buffers;
using System.Text;
using AdaptiveServe.Text.Tokenizers.Bpe;

namespace AdaptiveServe.Text.Tokenizers.Families;

/// <summary>
/// Vocabularies of byte symbols (GPT-2, Llama 3, Qwen): text is cut into words by patterns, and a word is its UTF-8 bytes.
/// </summary>
internal sealed class ByteLevelFamily : TokenizerFamily
{
    private readonly WordSplitter _words;
    private readonly BpeEncoder _bpe;

    public ByteLevelFamily(TokenizerDefinition definition, WordSplitter words)
    {
        _words = words;
        _bpe = new BpeEncoder(definition);
        for (int value = 0; value < 256; value++)
            if (definition.Vocabulary.Find(ByteLevelAlphabet.Character((byte)value).ToString()) is null)
                throw new FormatException($"the vocabulary has no piece for the byte 0x{value:X2}");
    }

    public override bool ReplacesEachInvalidByte => false;

    public override void Encode(ReadOnlySpan<char> text, bool isFirst, List<int> ids)
    {
        if (text.IsEmpty) return;
        foreach ((int start, int length) in _words.Split(text)) EncodeWord(text.Slice(start, length), ids);
    }

    public override byte[] Bytes(string piece) => ByteLevelAlphabet.Bytes(piece);

    private void EncodeWord(ReadOnlySpan<char> word, List<int> ids)
    {
        int maxBytes = Encoding.UTF8.GetMaxByteCount(word.Length);
        byte[] bytes = ArrayPool<byte>.Shared.Rent(maxBytes);
        char[] symbols = ArrayPool<char>.Shared.Rent(maxBytes);
        int length = Encoding.UTF8.GetBytes(word, bytes); // half a surrogate pair is written as U+FFFD
        for (int i = 0; i < length; i++) symbols[i] = ByteLevelAlphabet.Character(bytes[i]);
        _bpe.Encode(symbols.AsSpan(0, length), ids);
        ArrayPool<char>.Shared.Return(symbols);
        ArrayPool<byte>.Shared.Return(bytes);
    }
}
