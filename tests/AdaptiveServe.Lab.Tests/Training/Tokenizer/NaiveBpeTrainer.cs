using AdaptiveServe.Lab.Training.Tokenizer;

namespace AdaptiveServe.Lab.Tests.Training.Tokenizer;

/// <summary>The definition of learning by byte pairs: counts all pairs anew before each merge. Pieces are texts here.</summary>
internal static class NaiveBpeTrainer
{
    public static List<string> Merges(IEnumerable<string> texts, BpeTrainingOptions options)
    {
        var counter = new WordCounter(options.SpecialTokens, options.Pattern);
        foreach (string text in texts) counter.Add(text);
        var start = new PieceTable(options.SpecialTokens);
        List<string> pieces = [.. start.Pieces];
        List<(List<string> Symbols, long Count)> words =
            [.. counter.Words(start).Select(word => (word.Symbols.ToArray().Select(id => start.Pieces[id]).ToList(), word.Count))];

        List<string> merges = [];
        while (pieces.Count < options.VocabularySize && MostFrequent(words, pieces) is { } best && best.Count >= options.MinFrequency)
        {
            string merge = $"{best.Left} {best.Right}";
            if (!merges.Contains(merge)) merges.Add(merge);
            if (!pieces.Contains(best.Left + best.Right)) pieces.Add(best.Left + best.Right);
            foreach ((List<string> symbols, _) in words) Merge(symbols, best.Left, best.Right);
        }

        return merges;
    }

    private static (string Left, string Right, long Count)? MostFrequent(
        List<(List<string> Symbols, long Count)> words, List<string> pieces)
    {
        var counts = new Dictionary<(string Left, string Right), long>();
        foreach ((List<string> symbols, long count) in words)
            for (int i = 0; i + 1 < symbols.Count; i++)
                counts[(symbols[i], symbols[i + 1])] = counts.GetValueOrDefault((symbols[i], symbols[i + 1])) + count;
        if (counts.Count == 0) return null;
        ((string left, string right), long most) = counts.OrderByDescending(pair => pair.Value)
            .ThenBy(pair => pieces.IndexOf(pair.Key.Left)).ThenBy(pair => pieces.IndexOf(pair.Key.Right)).First();
        return (left, right, most);
    }

    private static void Merge(List<string> symbols, string left, string right)
    {
        for (int i = 0; i + 1 < symbols.Count; i++)
        {
            if (symbols[i] != left || symbols[i + 1] != right) continue;
            symbols[i] += right;
            symbols.RemoveAt(i + 1);
        }
    }
}
