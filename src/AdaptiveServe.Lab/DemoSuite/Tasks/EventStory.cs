namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>A person has things, and some things happen to them.</summary>
internal static class EventStory
{
    private static readonly string[] Starts =
        ["{name} has {n} {things}.", "{name} starts with {n} {things}.", "{name} owns {n} {things}.",
            "There are {n} {things} on the table of {name}."];

    private static readonly string[] Joins = ["Then ", "", "After that ", "Later ", "The next day ", ""];

    private static readonly string[] Questions =
    [
        "How many {things} does {name} have now?", "How many {things} are left?", "How many {things} does {name} have in the end?",
        "What is the number of {things} now?", "How many are there now?",
    ];

    public static Story Tell(Random random, Difficulty difficulty)
    {
        int events = difficulty == Difficulty.InRange ? random.Between(2, 4) : random.Between(5, 7);
        string[] people = random.PickDistinct(People.Names, 2);
        string things = random.Pick(Things.Plural);
        int start = random.Between(3, 30), count = start;
        string text = random.Pick(Starts), work = "{name} starts with {n} {things}. ";
        (text, work) = (text.Fill("n", start), work.Fill("n", start));
        for (int i = 0; i < events; i++)
        {
            StoryEvent next = StoryEvent.Draw(random, count, max: 99);
            string join = random.Pick(Joins);
            text += $" {(join.Length == 0 ? Sentence(next.Text) : join + next.Text)}.".Fill("n", next.Operand);
            work += $"{Sentence(next.Short).Fill("n", next.Operand)}: {count}{next.Operation}{next.Operand}={next.Apply(count)}. ";
            count = next.Apply(count);
        }

        work += $"So there are {count} {{things}} now. The answer is {count}.";
        return new Story(Name($"{text} {random.Pick(Questions)}", people, things), Name(work, people, things), count);
    }

    /// <summary>Begins with a capital also where a slot comes first.</summary>
    private static string Sentence(string text) => text.StartsWith("{he}", StringComparison.Ordinal) ? "{He}" + text[4..] : text;

    private static string Name(string text, string[] people, string things)
    {
        string pronoun = People.Pronoun(people[0]);
        return text.Fill("name", people[0]).Fill("friend", people[1]).Fill("things", things)
            .Fill("he", pronoun).Fill("He", pronoun.Capital());
    }
}
