using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Evaluation.Methods;

namespace AdaptiveServe.Lab.Evaluation;

/// <summary>What the command line says.</summary>
internal sealed record EvalOptions
{
    /// <value>A folder, or <c>demo</c> for the pair that comes with the project.</value>
    public required string Model { get; init; }

    public string? SmallModel { get; init; }

    /// <value>Folder of an adapter of the large model, or null.</value>
    public string? Adapter { get; init; }

    public required string Suite { get; init; }

    public Difficulty Difficulty { get; init; }

    /// <value>Examples at most; null takes what the suite says.</value>
    public int? Limit { get; init; }

    public int Concurrency { get; init; } = 32;

    /// <value>0 takes all cores.</value>
    public int Threads { get; init; }

    public string? Alias { get; init; }

    /// <value>Compare methods instead of evaluating one; null evaluates one.</value>
    public CompareOptions? Compare { get; init; }

    /// <value>True where the command line says how to compute.</value>
    public bool IsAdaptiveGiven { get; init; }

    public EvaluationOptions Evaluation { get; init; } = new();

    public string? Baseline { get; init; }

    public string? Answers { get; init; }

    public string? Json { get; init; }
}
