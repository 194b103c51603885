using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Lab.Scoring;

namespace AdaptiveServe.Lab.Tests.Evaluation;

/// <summary>Different prompts in the letters that <see cref="TinyTokenizer"/> has.</summary>
internal static class TinyExamples
{
    public static IReadOnlyList<EvaluationExample> Create(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new EvaluationExample(Task(i), [new("user", Prompt(i))], "a", Checkers.Exact))];

    /// <summary>The number in binary, ones as b, with a word in between.</summary>
    public static string Prompt(int i) => Convert.ToString(i + 2, 2).Replace('0', 'a').Replace('1', 'b') + (i % 3 == 0 ? " ab ba" : "");

    private static string Task(int i) => i % 2 == 0 ? "even" : "odd";
}
