namespace AdaptiveServe.Torch.Compute;

/// <summary>What came to the host of a forward's logits: four numbers a row, and the whole row where it was wanted.</summary>
internal sealed class LogitsResult
{
    private int[] _rowOffsets = [];
    private float[] _full = [];

    /// <summary>Index of the largest logit, the first one of equals.</summary>
    public int[] ArgMax { get; private set; } = [];

    /// <summary>The largest logit.</summary>
    public float[] Max { get; private set; } = [];

    /// <summary>Natural logarithm of the sum of the exponentials.</summary>
    public float[] LogSumExp { get; private set; } = [];

    /// <summary>Entropy of the softmax, in bits.</summary>
    public float[] Entropy { get; private set; } = [];

    public int Vocabulary { get; private set; }

    /// <summary>Storage of the wanted rows, one after the other.</summary>
    public Span<float> FullRows => _full;

    /// <summary>The logits of a row that was wanted.</summary>
    public Span<float> Row(int row) => _full.AsSpan(_rowOffsets[row], Vocabulary);

    /// <summary>Makes room for that many rows.</summary>
    /// <returns>How many rows are wanted in full.</returns>
    public int Reset(int rows, int vocabulary, ReadOnlySpan<bool> wantsRow)
    {
        Vocabulary = vocabulary;
        if (ArgMax.Length < rows)
        {
            (ArgMax, Max, LogSumExp, Entropy) = (new int[rows], new float[rows], new float[rows], new float[rows]);
            _rowOffsets = new int[rows];
        }

        int wanted = 0;
        for (int row = 0; row < rows; row++)
        {
            _rowOffsets[row] = wanted * vocabulary;
            if (wantsRow[row]) wanted++;
        }

        if (_full.Length < wanted * vocabulary) _full = new float[wanted * vocabulary];
        return wanted;
    }
}
