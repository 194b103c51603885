namespace AdaptiveServe.Lab.DemoSuite;

/// <summary>The list that a question is about: numbers from 0 to 99, or common words.</summary>
/// <param name="Items">Its items, in order.</param>
/// <param name="Separator">What stands between two.</param>
/// <param name="AreNumbers">Whether they are numbers.</param>
internal sealed record ItemList(IReadOnlyList<string> Items, string Separator, bool AreNumbers)
{
    private const int NumbersPercent = 65;

    public string Text => string.Join(Separator, Items);

    /// <summary>What its items are called.</summary>
    public string Kind => AreNumbers ? "numbers" : "words";

    /// <summary>No item comes twice, and no two words begin alike: that is what their order is judged by.</summary>
    public static ItemList Distinct(Random random, Difficulty difficulty)
    {
        int count = Length(random, difficulty);
        return random.Percent(NumbersPercent)
            ? new(Numbers(random, count), random.Pick(Separators), AreNumbers: true)
            : new(WordsOfDifferentLetters(random, count), ", ", AreNumbers: false);
    }

    /// <summary>Some items come more than once.</summary>
    public static ItemList WithRepeats(Random random, Difficulty difficulty)
    {
        int count = Length(random, difficulty);
        bool areNumbers = random.Percent(NumbersPercent);
        int kinds = Math.Max(2, count - random.Between(1, (count + 1) / 2));
        string[] pool = areNumbers ? Numbers(random, kinds) : random.PickDistinct(Words.Common, kinds);
        string[] items = [.. pool, .. Enumerable.Range(0, count - kinds).Select(_ => random.Pick(pool))];
        random.Shuffle(items);
        return new ItemList(items, areNumbers ? random.Pick(Separators) : ", ", areNumbers);
    }

    public ItemList With(IEnumerable<string> items) => this with { Items = [.. items] };

    private static readonly string[] Separators = [" ", ", "];

    private static int Length(Random random, Difficulty difficulty) =>
        difficulty == Difficulty.InRange ? random.Between(3, 8) : random.Between(9, 14);

    private static string[] Numbers(Random random, int count) =>
        [.. random.PickDistinct([.. Enumerable.Range(0, 100)], count).Select(number => $"{number}")];

    private static string[] WordsOfDifferentLetters(Random random, int count)
    {
        Dictionary<char, string> words = [];
        while (words.Count < count)
        {
            string word = random.Pick(Words.Common);
            words.TryAdd(word[0], word);
        }

        string[] items = [.. words.Values];
        random.Shuffle(items);
        return items;
    }
}
