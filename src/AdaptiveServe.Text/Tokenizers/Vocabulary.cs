namespace AdaptiveServe.Text.Tokenizers;

/// <summary>The pieces of a model by id and by text. Ids may leave gaps; added tokens fill some of them.</summary>
internal sealed class Vocabulary
{
    /// <summary>More than any published vocabulary; keeps a small hostile file from asking for gigabytes.</summary>
    public const int MaxSize = 1 << 20;

    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _idsBySpan;
    private readonly string?[] _pieces;

    /// <summary>Takes over the dictionary.</summary>
    /// <exception cref="FormatException">An id is negative, too large, or used twice.</exception>
    public Vocabulary(Dictionary<string, int> ids)
    {
        if (ids.Count == 0) throw new FormatException("the vocabulary is empty");
        foreach ((string piece, int id) in ids)
            if ((uint)id >= MaxSize) throw new FormatException($"the piece '{piece}' has the id {id}, outside 0 to {MaxSize - 1}");

        _ids = ids;
        _idsBySpan = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _pieces = new string?[ids.Values.Max() + 1];
        foreach ((string piece, int id) in ids)
        {
            if (_pieces[id] is { } other) throw new FormatException($"the pieces '{other}' and '{piece}' share the id {id}");
            _pieces[id] = piece;
        }
    }

    /// <summary>The largest id plus one.</summary>
    public int Size => _pieces.Length;

    public IReadOnlyDictionary<string, int> Ids => _ids;

    /// <summary>The piece, or null for an id in a gap.</summary>
    public string? this[int id] => _pieces[id];

    public int? Find(string piece) => _ids.TryGetValue(piece, out int id) ? id : null;

    public bool TryFind(ReadOnlySpan<char> piece, out int id) => _idsBySpan.TryGetValue(piece, out id);
}
