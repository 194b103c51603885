using AdaptiveServe.Text.Tokenizers.Families;

namespace AdaptiveServe.Lab.Training.Tokenizer;

/// <summary>
/// The vocabulary as it grows: the special tokens, the letters of GPT-2's byte alphabet (Radford et al. 2019) in the order of their
/// characters, and what merges add.
/// </summary>
internal sealed class PieceTable
{
    private readonly List<string> _pieces;
    private readonly Dictionary<string, int> _ids;
    private readonly int[] _letters = new int[BpeTrainingOptions.Letters];

    public PieceTable(IReadOnlyList<string> specialTokens)
    {
        _pieces = [.. specialTokens];
        foreach (int value in Enumerable.Range(0, _letters.Length).OrderBy(value => ByteLevelAlphabet.Character((byte)value)))
        {
            _letters[value] = _pieces.Count;
            _pieces.Add(ByteLevelAlphabet.Character((byte)value).ToString());
        }

        _ids = _pieces.Select((piece, id) => (piece, id)).ToDictionary(pair => pair.piece, pair => pair.id);
    }

    public int Count => _pieces.Count;

    /// <summary>By id.</summary>
    public IReadOnlyList<string> Pieces => _pieces;

    /// <summary>The id of a byte's letter.</summary>
    public int Letter(byte value) => _letters[value];

    /// <summary>The id of two pieces in one: a new one, unless another pair spells the same.</summary>
    public int Join(SymbolPair pair)
    {
        string piece = _pieces[pair.Left] + _pieces[pair.Right];
        if (_ids.TryGetValue(piece, out int id)) return id;
        _ids.Add(piece, _pieces.Count);
        _pieces.Add(piece);
        return _pieces.Count - 1;
    }
}
