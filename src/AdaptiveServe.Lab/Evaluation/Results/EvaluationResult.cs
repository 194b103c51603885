namespace AdaptiveServe.Lab.Evaluation.Results;

/// <summary>What came of an evaluation.</summary>
internal sealed class EvaluationResult
{
    /// <param name="examples">In the order of the suite; at least one.</param>
    /// <param name="duration">From the first prompt to the last reply.</param>
    /// <param name="largeLayers">Layers of the large model.</param>
    public EvaluationResult(IReadOnlyList<ExampleResult> examples, TimeSpan duration, int largeLayers)
    {
        (Examples, Total, Costs) = (examples, Score.Of(examples), new EvaluationCosts(examples, largeLayers));
        Seconds = duration.TotalSeconds;
        Dictionary<string, Score> tasks = examples.GroupBy(result => result.Example.Task)
            .ToDictionary(task => task.Key, task => Score.Of([.. task]));
        Tasks = new SortedDictionary<string, Score>(tasks, StringComparer.Ordinal);
    }

    public IReadOnlyList<ExampleResult> Examples { get; }

    /// <summary>All examples together.</summary>
    public Score Total { get; }

    public IReadOnlyDictionary<string, Score> Tasks { get; }

    public EvaluationCosts Costs { get; }

    public double Seconds { get; }

    /// <summary>Completion tokens in a second.</summary>
    public double TokensPerSecond => Costs.CompletionTokens / Math.Max(Seconds, 1e-9);

    /// <summary>Replies that ended at their length limit.</summary>
    public int Truncated => Examples.Count(result => result.IsTruncated);
}
