namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>The same amount in each hour or day for some time, then another.</summary>
internal static class RateStory
{
    /// <summary>What somebody does, of what, in which time.</summary>
    private static readonly (string Verb, string What, string Time)[] Rates =
    [
        ("reads", "pages", "day"), ("walks", "kilometers", "day"), ("paints", "pictures", "week"), ("writes", "letters", "week"),
        ("bakes", "cakes", "hour"), ("picks", "apples", "hour"), ("learns", "words", "day"), ("saves", "dollars", "week"),
        ("earns", "dollars", "hour"), ("plants", "trees", "day"), ("cleans", "windows", "hour"), ("makes", "toys", "day"),
    ];

    private static readonly string[] Questions =
        ["How many {what} is that in total?", "How many {what} are that together?", "What is the total number of {what}?"];

    public static Story Tell(Random random, Difficulty difficulty)
    {
        int parts = difficulty == Difficulty.InRange ? random.Between(1, 2) : random.Between(3, 4);
        (string verb, string what, string time) = random.Pick(Rates);
        string name = random.Pick(People.Names);
        string text = "", work = "";
        int total = 0;
        for (int part = 0; part < parts; part++)
        {
            int each = random.Between(2, 9), times = random.Between(2, 7), amount = each * times;
            text += part == 0
                ? $"{name} {verb} {each} {what} each {time} for {times} {time}s. "
                : $"Then {People.Pronoun(name)} {verb} {each} {what} each {time} for {times} {time}s. ";
            work += $"{times} {time}s with {each} {what} each: {times}*{each}={amount}. ";
            if (part > 0) work += $"Together: {total}+{amount}={total + amount}. ";
            total += amount;
        }

        int extra = random.Between(2, 15);
        text += $"Then {People.Pronoun(name)} {verb} {extra} more. {random.Pick(Questions).Fill("what", what)}";
        work += $"{extra} more: {total}+{extra}={total + extra}. So {name} {verb} {total + extra} {what}. The answer is {total + extra}.";
        return new Story(text, work, total + extra);
    }
}
