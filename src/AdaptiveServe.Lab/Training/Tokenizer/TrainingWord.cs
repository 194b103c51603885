namespace AdaptiveServe.Lab.Training.Tokenizer;

/// <summary>A word of the texts, as the pieces it is made of so far.</summary>
/// <param name="symbols">Its letters; the word takes the array over.</param>
/// <param name="count">How often the texts hold it.</param>
internal sealed class TrainingWord(int[] symbols, long count)
{
    private int _length = symbols.Length;

    public long Count => count;

    public ReadOnlySpan<int> Symbols => symbols.AsSpan(0, _length);

    public bool Contains(SymbolPair pair)
    {
        for (int i = 0; i + 1 < _length; i++)
            if (symbols[i] == pair.Left && symbols[i + 1] == pair.Right) return true;
        return false;
    }

    /// <summary>Puts a piece in the place of each occurrence of a pair, from left to right.</summary>
    public void Merge(SymbolPair pair, int result)
    {
        int kept = 0;
        for (int i = 0; i < _length; i++)
        {
            bool isPair = i + 1 < _length && symbols[i] == pair.Left && symbols[i + 1] == pair.Right;
            symbols[kept++] = isPair ? result : symbols[i];
            if (isPair) i++;
        }

        _length = kept;
    }
}
