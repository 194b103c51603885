using AdaptiveServe.Lab.Evaluation.Statistics;

namespace AdaptiveServe.Lab.Evaluation.Results;

/// <summary>Against an earlier evaluation of the same examples.</summary>
/// <param name="Baseline">Its file.</param>
/// <param name="Accuracy">Its accuracy.</param>
/// <param name="Total">The difference over all examples.</param>
/// <param name="Tasks">The difference in each task.</param>
internal sealed record Comparison(string Baseline, double Accuracy, Difference Total, IReadOnlyDictionary<string, Difference> Tasks)
{
    /// <param name="results">Now.</param>
    /// <param name="baseline">Before, the same examples in the same order.</param>
    public static Comparison Of(IReadOnlyList<ExampleResult> results, BaselineFile baseline)
    {
        (string Task, sbyte Difference)[] differences =
        [
            .. results.Select((result, i) => (result.Example.Task,
                (sbyte)((result.IsCorrect ? 1 : 0) - (baseline.Results[i].Correct ? 1 : 0)))),
        ];
        Dictionary<string, Difference> tasks = differences.GroupBy(each => each.Task)
            .ToDictionary(task => task.Key, task => PairedBootstrap.Compare([.. task.Select(each => each.Difference)]));
        return new Comparison(
            baseline.Path, baseline.Results.Count(result => result.Correct) / (double)results.Count,
            PairedBootstrap.Compare([.. differences.Select(each => each.Difference)]),
            new SortedDictionary<string, Difference>(tasks, StringComparer.Ordinal));
    }
}
