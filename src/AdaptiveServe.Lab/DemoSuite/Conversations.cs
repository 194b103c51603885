using AdaptiveServe.Lab.DemoSuite.Tasks;

namespace AdaptiveServe.Lab.DemoSuite;

/// <summary>Makes chats of the examples for training: most have one turn, some more, and some begin with a system message.</summary>
internal static class Conversations
{
    private const int MultiTurnPercent = 15;
    private const int SystemPercent = 25;
    private const int TalkPercent = 30;

    private static readonly GreetingTask Greeting = new();
    private static readonly ThanksTask Thanks = new();

    private static readonly string[] SystemMessages =
    [
        "You are a helpful assistant.",
        "You are a helpful assistant.",
        "You are a helpful and honest assistant.",
        "You are the demo model of AdaptiveServe.",
        "Answer the question of the user.",
        "You are a friendly assistant. Answer step by step.",
        "You are AdaptiveServe, a helpful assistant.",
        "Be brief and correct.",
    ];

    /// <summary>Chats without end.</summary>
    public static IEnumerable<Conversation> Training(int seed)
    {
        Random random = new(Holdout.Seed("conversations", seed));
        while (true) yield return Next(random);
    }

    private static Conversation Next(Random random)
    {
        string? system = random.Percent(SystemPercent) ? random.Pick(SystemMessages) : null;
        int turns = random.Percent(MultiTurnPercent) ? random.Between(2, 5) : 1;
        return new Conversation(system, [.. Enumerable.Range(0, turns).Select(turn => Turn(random, turn, turns))]);
    }

    /// <summary>Of more than one turn, the first is often a greeting and the last one thanks.</summary>
    private static ConversationTurn Turn(Random random, int turn, int turns)
    {
        bool isTalk = turns > 1 && random.Percent(TalkPercent);
        IDemoTask? talk = !isTalk ? null : turn == 0 ? Greeting : turn == turns - 1 ? Thanks : null;
        DemoExample example = DemoExamples.NextForTraining(random, talk);
        return new ConversationTurn(example.Prompt, example.Response);
    }
}
