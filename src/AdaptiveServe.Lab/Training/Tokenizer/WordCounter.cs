using System.Runtime.InteropServices;
using System.Text;
using AdaptiveServe.Text.Tokenizers;
using AdaptiveServe.Text.Tokenizers.Families;

namespace AdaptiveServe.Lab.Training.Tokenizer;

/// <summary>Counts the words of texts, cut as the tokenizer will cut them: at special tokens first, then by the pattern.</summary>
internal sealed class WordCounter
{
    private readonly AddedTokenSplitter? _specialTokens;
    private readonly WordSplitter _splitter;
    private readonly Dictionary<string, long> _counts = [];
    private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _countsBySpan;

    /// <exception cref="ArgumentException">The pattern is not valid.</exception>
    public WordCounter(IReadOnlyList<string> specialTokens, string pattern)
    {
        _specialTokens = specialTokens.Count == 0 ? null : new AddedTokenSplitter([.. specialTokens.Select(AsAddedToken)]);
        _splitter = new WordSplitter([new WordPattern(pattern)]);
        _countsBySpan = _counts.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public IReadOnlyDictionary<string, long> Counts => _counts;

    public void Add(ReadOnlySpan<char> text)
    {
        int from = 0;
        while (_specialTokens?.FindNext(text, from, out int start, out int end) is not null)
        {
            AddWords(text[from..start]);
            from = end;
        }

        AddWords(text[from..]);
    }

    /// <summary>The words as letters.</summary>
    public TrainingWord[] Words(PieceTable pieces) =>
        [.. _counts.Select(word => new TrainingWord([.. Encoding.UTF8.GetBytes(word.Key).Select(pieces.Letter)], word.Value))];

    private void AddWords(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return;
        foreach ((int start, int length) in _splitter.Split(text))
            CollectionsMarshal.GetValueRefOrAddDefault(_countsBySpan, text.Slice(start, length), out _)++;
    }

    private static AddedToken AsAddedToken(string content, int id) => new(
        id, content, IsSpecial: true, StripLeft: false, StripRight: false, SingleWord: false, IsNormalized: false);
}
