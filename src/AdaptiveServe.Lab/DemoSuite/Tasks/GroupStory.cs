namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>The same number of things in each of some containers, and then more or fewer.</summary>
internal static class GroupStory
{
    private static readonly string[] Starts =
    [
        "{name} has {a} {boxes} with {b} {things} in each {box}.", "There are {a} {boxes} with {b} {things} in each {box}.",
        "{name} fills {a} {boxes} with {b} {things} each.", "Each of {a} {boxes} has {b} {things}.",
        "{name} buys {a} {boxes} of {b} {things} each.",
    ];

    private static readonly string[] Questions =
    [
        "How many {things} are there now?", "How many {things} are there in total?", "How many {things} are that in the end?",
    ];

    public static Story Tell(Random random, Difficulty difficulty)
    {
        bool isInRange = difficulty == Difficulty.InRange;
        int boxes = isInRange ? random.Between(2, 6) : random.Between(11, 15), each = random.Between(2, 9), count = boxes * each;
        (string box, string more) = random.Pick(Things.Containers);
        string text = random.Pick(Starts), work = $"{boxes} {more} with {each} {{things}} each: {boxes}*{each}={count}. ";
        int changes = isInRange ? random.Between(1, 2) : random.Between(3, 4);
        for (int i = 0; i < changes; i++) (text, work, count) = Change(random, text, work, count);

        string name = random.Pick(People.Names), things = random.Pick(Things.Plural);
        text = $"{text} {random.Pick(Questions)}".Fill("name", name).Fill("things", things)
            .Fill("a", boxes).Fill("b", each).Fill("boxes", more).Fill("box", box);
        return new Story(text, $"{work}So there are {count} {{things}}. The answer is {count}.".Fill("things", things), count);
    }

    private static (string Text, string Work, int Count) Change(Random random, string text, string work, int count)
    {
        int change = random.Between(2, 12);
        if (random.Percent(50) || change >= count - 1)
        {
            return ($"{text} Then {change} more {{things}} come.",
                $"{work}{change} more: {count}+{change}={count + change}. ", count + change);
        }

        return ($"{text} Then {change} {{things}} are taken out.",
            $"{work}{change} taken out: {count}-{change}={count - change}. ", count - change);
    }
}
