namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>People have more or fewer than each other, or times as many; asked is what they have together.</summary>
internal static class ComparisonStory
{
    private static readonly string[] Questions =
        ["How many {things} do they have together?", "How many {things} do they have in total?", "How many {things} is that altogether?"];

    public static Story Tell(Random random, Difficulty difficulty)
    {
        int count = difficulty == Difficulty.InRange ? random.Between(2, 3) : random.Between(4, 5);
        string[] people = random.PickDistinct(People.Names, count);
        string things = random.Pick(Things.Plural);
        int[] owned = new int[count];
        owned[0] = random.Between(3, 20);
        string text = $"{people[0]} has {owned[0]} {things}.", work = $"{people[0]} has {owned[0]} {things}. ";
        for (int i = 1; i < count; i++)
        {
            (string relation, string equation, owned[i]) = Relate(random, owned[i - 1]);
            text += $" {people[i]} has {relation.Fill("things", things)} {people[i - 1]}.";
            work += $"{people[i]} has {equation}. ";
        }

        int total = owned[0];
        for (int i = 1; i < count; i++) work += $"{(i == 1 ? "Together" : "Then")}: {total}+{owned[i]}={total += owned[i]}. ";
        return new Story($"{text} {random.Pick(Questions).Fill("things", things)}",
            $"{work}So they have {total} {things}. The answer is {total}.", total);
    }

    private static (string Relation, string Equation, int Result) Relate(Random random, int other)
    {
        int n = random.Between(2, 9);
        return random.Next(4) switch
        {
            0 when other > n => ($"{n} fewer {{things}} than", $"{other}-{n}={other - n}", other - n),
            1 when other <= 12 => ("twice as many {things} as", $"{other}*2={other * 2}", other * 2),
            2 when other <= 9 => ("3 times as many {things} as", $"{other}*3={other * 3}", other * 3),
            _ => ($"{n} more {{things}} than", $"{other}+{n}={other + n}", other + n),
        };
    }
}
