namespace AdaptiveServe.Text.Tokenizers.Bpe;

/// <summary>
/// Knows between which characters merging can never reach across. A merge over such a border would join a piece that ends in the one
/// character with a piece that begins with the other, so where no merge does that, the text can be cut and each part merged alone,
/// with the same result.
/// </summary>
internal sealed class MergeBoundaries
{
    private readonly HashSet<int> _joined = []; // last UTF-16 unit of a left piece, first of a right piece

    public MergeBoundaries(Vocabulary vocabulary, IReadOnlyList<Merge> merges)
    {
        foreach (Merge merge in merges) _joined.Add(Pair(vocabulary[merge.Left]![^1], vocabulary[merge.Right]![0]));
    }

    public bool CanCut(char before, char after) => !_joined.Contains(Pair(before, after));

    private static int Pair(char before, char after) => before << 16 | after;
}
