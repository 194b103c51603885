using AdaptiveServe.Lab.Scoring;

namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>Small changes to what people type when they do not ask for a computation.</summary>
internal static class Talk
{
    private static readonly string[] Ends = ["", "", ".", ".", ".", "!", "!", "...", "!!", " :)"];

    /// <summary>Ends a remark (no question) with or without a mark.</summary>
    public static string Remark(Random random, string text) => Case(random, text + random.Pick(Ends));

    /// <summary>Capitals as people type them: the first letter, none, or rarely all.</summary>
    public static string Case(Random random, string text) => random.Next(20) switch
    {
        < 12 => text.Capital(),
        < 19 => text.ToLowerInvariant(),
        _ => text.ToUpperInvariant(),
    };

    public static DemoExample Example(string task, string prompt, string response, string answer) =>
        new(task, prompt, response, answer, Checkers.Contains);
}
