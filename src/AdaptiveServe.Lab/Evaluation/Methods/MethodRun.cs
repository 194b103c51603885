using AdaptiveServe.Lab.Evaluation.Results;

namespace AdaptiveServe.Lab.Evaluation.Methods;

/// <summary>What a method's replies to the examples of all seeds were.</summary>
internal sealed record MethodRun
{
    public required string Name { get; init; }

    /// <value>The target that was asked for, or <c>prompt routing</c>.</value>
    public required string Kind { get; init; }

    public required string Setting { get; init; }

    /// <value>For each example, seed after seed, whether it was answered correctly.</value>
    public required bool[] Correct { get; init; }

    /// <value>Accuracy on each seed's examples.</value>
    public required double[] SeedAccuracies { get; init; }

    public required long CompletionTokens { get; init; }

    public required long LargeTokens { get; init; }

    public required long ProcessedByLarge { get; init; }

    public required long Switches { get; init; }

    /// <value>Null for what was put together from other runs.</value>
    public double? Seconds { get; init; }

    public double Accuracy => Correct.Count(correct => correct) / (double)Correct.Length;

    public double GeneratedByLarge => LargeTokens / (double)CompletionTokens;

    /// <param name="method">What was run.</param>
    /// <param name="results">One for each seed.</param>
    public static MethodRun Of(Method method, IReadOnlyList<EvaluationResult> results) => new()
    {
        Name = method.Name,
        Kind = method.Choice.Target,
        Setting = method.Setting,
        Correct = [.. results.SelectMany(result => result.Examples).Select(example => example.IsCorrect)],
        SeedAccuracies = [.. results.Select(result => result.Total.Accuracy)],
        CompletionTokens = results.Sum(result => result.Costs.CompletionTokens),
        LargeTokens = results.Sum(result => result.Costs.LargeTokens),
        ProcessedByLarge = results.Sum(result => result.Costs.ProcessedByLarge),
        Switches = results.Sum(result => result.Costs.Switches),
        Seconds = results.Sum(result => result.Seconds),
    };
}
