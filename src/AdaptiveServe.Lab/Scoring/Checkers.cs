using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Scoring;

/// <summary>The checkers by name.</summary>
internal static class Checkers
{
    public static Checker Exact { get; } = new ExactChecker();

    public static Checker Number { get; } = new NumberChecker();

    public static Checker Contains { get; } = new ContainsChecker();

    public static Checker Final { get; } = new FinalChecker();

    public static Checker List { get; } = new ListChecker();

    public static Checker Json { get; } = new JsonChecker();

    public static Checker Expression { get; } = new ExpressionChecker();

    public static IReadOnlyList<Checker> All { get; } = [Exact, Number, Contains, Final, List, Json, Expression];

    /// <exception cref="LabException">No checker has the name.</exception>
    public static Checker Get(string name) => All.FirstOrDefault(checker => checker.Name == name) ?? throw new LabException(
        $"There is no checker '{OneLine.Of(name)}'; there are {string.Join(", ", All.Select(checker => checker.Name))}.");
}
