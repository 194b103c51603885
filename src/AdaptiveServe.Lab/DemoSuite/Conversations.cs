namespace AdaptiveServe.Lab.DemoSuite;

/// <summary>Makes chats of the examples for training: most have one turn, some more, and some begin with a system message.</summary>
internal static class Conversations
{
    private const int MultiTurnPercent = 15;
    private const int SystemPercent = 25;

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
        return new Conversation(system, [.. Enumerable.Range(0, turns).Select(_ => Turn(random))]);
    }

    private static ConversationTurn Turn(Random random)
    {
        DemoExample example = DemoExamples.NextForTraining(random);
        return new ConversationTurn(example.Prompt, example.Response);
    }
}
