using AdaptiveServe.Lab.DemoSuite;

namespace AdaptiveServe.Lab.Tests.DemoSuite;

public sealed class ConversationsTests
{
    private const int Count = 5000;

    [Fact]
    public void Training_Turns_AreOneToFiveAndMostlyOne()
    {
        int[] turns = [.. Conversations.Training(1).Take(Count).Select(conversation => conversation.Turns.Count)];
        Assert.Equal([1, 2, 3, 4, 5], turns.Distinct().Order());
        Assert.InRange(turns.Count(count => count > 1) / (double)Count, 0.13, 0.17);
    }

    [Fact]
    public void Training_SystemMessages_ComeSometimes() => Assert.InRange(
        Conversations.Training(1).Take(Count).Count(conversation => conversation.System is not null) / (double)Count, 0.22, 0.28);

    [Fact]
    public void Training_Turns_AskNothingHeldOut()
    {
        HashSet<string> heldOut = [.. DemoExamples.HeldOut(1, 2000, Difficulty.InRange).Select(example => example.Prompt)];
        Assert.DoesNotContain(
            Conversations.Training(2).Take(Count).SelectMany(conversation => conversation.Turns), turn => heldOut.Contains(turn.User));
    }

    [Fact]
    public void Training_SameSeed_GivesTheSame() => Assert.Equal(Texts(3), Texts(3));

    [Fact]
    public void Training_OtherSeed_GivesOthers() => Assert.NotEqual(Texts(3), Texts(4));

    private static string[] Texts(int seed) =>
        [.. Conversations.Training(seed).Take(50).Select(conversation => $"{conversation.System} {string.Join(' ', conversation.Turns)}")];
}
