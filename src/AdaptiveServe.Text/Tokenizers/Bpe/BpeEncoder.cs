using Microsoft.ML.Tokenizers;

namespace AdaptiveServe.Text.Tokenizers.Bpe;

/// <summary>
/// Merges the symbols of one word into tokens. Microsoft.ML.Tokenizers does the work; the words it cannot do in linear time go to
/// <see cref="LongWordMerger"/> (docs/adr/0008).
/// </summary>
/// <remarks>Safe for use by several threads.</remarks>
internal sealed class BpeEncoder
{
    /// <summary>
    /// Words above this length, in characters, are long. At this length the quadratic part of Microsoft.ML.Tokenizers still costs
    /// no more than the rest of it, so a text made of such words takes time linear in its length.
    /// </summary>
    internal const int MaxShortWord = 256;

    private readonly Vocabulary _vocabulary;
    private readonly bool _ignoreMerges;
    private readonly BpeTokenizer _shortWords;
    private readonly Lazy<LongWordMerger> _longWords; // its table costs megabytes that ordinary text never needs

    public BpeEncoder(TokenizerDefinition definition)
    {
        _vocabulary = definition.Vocabulary;
        _ignoreMerges = definition.IgnoreMerges;
        _longWords = new(() => new LongWordMerger(definition.Vocabulary, definition.Merges));
        _shortWords = BpeTokenizer.Create(new BpeOptions(definition.Vocabulary.Ids)
        {
            Merges = definition.Merges.Select(merge => $"{_vocabulary[merge.Left]} {_vocabulary[merge.Right]}"),
        });
    }

    /// <summary>Appends the ids of a word. Each of its characters must be a piece of the vocabulary.</summary>
    public void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        if (_ignoreMerges && _vocabulary.TryFind(word, out int whole))
        {
            ids.Add(whole);
            return;
        }

        if (word.Length > MaxShortWord) _longWords.Value.Encode(word, ids);
        else ids.AddRange(_shortWords.EncodeToIds(word, considerPreTokenization: false, considerNormalization: false));
    }

    /// <summary>The path for long words, whatever the length: the tests compare both.</summary>
    internal void EncodeAsLongWord(ReadOnlySpan<char> word, List<int> ids) => _longWords.Value.Encode(word, ids);
}
