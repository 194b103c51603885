using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.DemoSuite;

namespace AdaptiveServe.Lab.Evaluation.Suites;

/// <summary>The examples of an evaluation, by the name that the command line gives.</summary>
internal static class EvaluationSuite
{
    /// <summary>The name of the suite that the Lab makes itself.</summary>
    public const string Demo = "demo";

    public const int MaxExamples = 100_000;

    private const int DemoExampleCount = 1000;

    /// <param name="name"><see cref="Demo"/>, or the path of a file (<see cref="SuiteFile"/>).</param>
    /// <param name="limit">So many examples at most, the first of a file; null takes 1000 of the demo suite and all of a file.</param>
    /// <param name="seed">Draws the examples of the demo suite.</param>
    /// <param name="difficulty">Their size.</param>
    /// <exception cref="LabException">There is no such suite, or not all of it is usable.</exception>
    public static IReadOnlyList<EvaluationExample> Load(string name, int? limit, int seed, Difficulty difficulty)
    {
        if (name == Demo) return [.. DemoExamples.HeldOut(seed, limit ?? DemoExampleCount, difficulty).Select(EvaluationExample.Of)];
        IReadOnlyList<EvaluationExample> all = SuiteFile.Read(name);
        return limit is { } count && count < all.Count ? [.. all.Take(count)] : all;
    }
}
