namespace AdaptiveServe.Lab.LayerRouting.Training;

/// <summary>Some texts in rows of equal length, one after the other; what is left of a row is padding, a text of its own.</summary>
/// <param name="Tokens">[rows * row length].</param>
/// <param name="Positions">Of each token in its text.</param>
/// <param name="Texts">Which text of the list each is, and where it begins.</param>
internal sealed record PackedTexts(int[] Tokens, int[] Positions, IReadOnlyList<(int Text, int Start)> Texts)
{
    /// <summary>Packs texts in their order.</summary>
    /// <param name="texts">None longer than a row.</param>
    /// <param name="rowLength">Tokens of a row.</param>
    /// <param name="rowsEach">Rows of a batch at most.</param>
    public static IEnumerable<PackedTexts> Of(IReadOnlyList<int[]> texts, int rowLength, int rowsEach)
    {
        int next = 0;
        while (next < texts.Count)
        {
            List<(int, int)> places = [];
            int row = 0, at = 0;
            for (; next < texts.Count; next++)
            {
                int length = texts[next].Length;
                if (at + length > rowLength) (row, at) = (row + 1, 0);
                if (row == rowsEach) break;
                places.Add((next, row * rowLength + at));
                at += length;
            }

            yield return Fill(texts, places, Math.Min(row + 1, rowsEach) * rowLength, rowLength);
        }
    }

    private static PackedTexts Fill(IReadOnlyList<int[]> texts, IReadOnlyList<(int Text, int Start)> places, int length, int rowLength)
    {
        int[] tokens = new int[length], positions = new int[length];
        bool[] isTaken = new bool[length];
        foreach ((int text, int start) in places)
        {
            texts[text].CopyTo(tokens, start);
            for (int i = 0; i < texts[text].Length; i++) (positions[start + i], isTaken[start + i]) = (i, true);
        }

        for (int i = 0; i < length; i++)
            if (!isTaken[i]) positions[i] = i % rowLength == 0 || isTaken[i - 1] ? 0 : positions[i - 1] + 1;
        return new PackedTexts(tokens, positions, places);
    }
}
