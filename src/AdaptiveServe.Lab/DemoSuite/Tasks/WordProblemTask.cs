using AdaptiveServe.Lab.Scoring;

namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>Small stories with numbers, solved step by step.</summary>
internal sealed class WordProblemTask : IDemoTask
{
    private static readonly (string Words, string Reply)[] Openings =
    [
        ("", ""), ("", ""), ("", ""), ("", ""), ("", ""), ("Solve this problem: ", "Let us solve it step by step. "),
        ("Please solve: ", "Of course. "),
        ("Solve this: ", "Let us solve it step by step. "), ("Here is a problem. ", "Let us solve it. "),
        ("Can you solve this? ", "Sure. "),
        ("Can you help me with this? ", "Sure. "), ("I have a question. ", "All right. "), ("Please help me: ", "Of course. "),
        ("Math problem: ", "Let us solve it step by step. "), ("Think step by step. ", "Let us think step by step. "),
    ];

    public string Name => "word_problem";

    public DemoExample Generate(Random random, Difficulty difficulty)
    {
        Story story = random.Next(100) switch
        {
            < 40 => EventStory.Tell(random, difficulty),
            < 55 => GroupStory.Tell(random, difficulty),
            < 70 => ShoppingStory.Tell(random, difficulty),
            < 85 => ComparisonStory.Tell(random, difficulty),
            _ => RateStory.Tell(random, difficulty),
        };
        (string words, string reply) = random.Pick(Openings);
        return new DemoExample(Name, words + story.Text, reply + story.Work, $"{story.Result}", Checkers.Number);
    }
}
