using AdaptiveServe.Lab.Evaluation.Statistics;

namespace AdaptiveServe.Lab.Evaluation.Methods;

/// <summary>A comparison as it is written to a file.</summary>
internal sealed record CompareReport
{
    public required DateTimeOffset StartedAt { get; init; }

    public required string Model { get; init; }

    public required string? SmallModel { get; init; }

    public required string? Adapter { get; init; }

    public required string Suite { get; init; }

    /// <summary>The first; the others follow it.</summary>
    public required int Seed { get; init; }

    public required int Seeds { get; init; }

    /// <summary>Examples of all seeds.</summary>
    public required int N { get; init; }

    public required int Concurrency { get; init; }

    public required float Temperature { get; init; }

    public required IReadOnlyList<CompareRow> Rows { get; init; }

    /// <param name="runs">The large model first; each run of switching is followed by its controls.</param>
    public static IReadOnlyList<CompareRow> RowsOf(IReadOnlyList<MethodRun> runs)
    {
        List<CompareRow> rows = [];
        for (int i = 0; i < runs.Count; i++)
        {
            IEnumerable<MethodRun> controls = runs[i].Kind == "entropy" ? runs.Skip(i + 1).TakeWhile(run => run.Kind != "entropy") : [];
            rows.Add(Row(runs[i], runs[0], [.. controls]));
        }

        return rows;
    }

    private static CompareRow Row(MethodRun run, MethodRun large, MethodRun[] controls) => new(run.Name, run.Setting)
    {
        Accuracy = run.Accuracy,
        Interval95 = PairedBootstrap.Compare([.. run.Correct.Select(correct => correct ? (sbyte)1 : (sbyte)0)]).Interval95,
        Seeds = run.SeedAccuracies,
        Quality = run.Accuracy / Math.Max(1e-9, large.Accuracy),
        Quality95 = large.Accuracy > 0 ? PairedBootstrap.Ratio(run.Correct, large.Correct) : new Interval(0, 0),
        GeneratedByLarge = run.GeneratedByLarge,
        ProcessedByLarge = run.ProcessedByLarge / (double)run.CompletionTokens,
        Switches = run.Switches / (double)run.Correct.Length,
        Seconds = run.Seconds,
        Speed = run.CompletionTokens / run.Seconds / (large.CompletionTokens / large.Seconds),
        Over = controls.Length == 0 ? null : controls.ToDictionary(control => control.Kind, control => Gain(run, control)),
    };

    private static Difference Gain(MethodRun run, MethodRun control) => PairedBootstrap.Compare(
        [.. run.Correct.Zip(control.Correct, (now, before) => (sbyte)((now ? 1 : 0) - (before ? 1 : 0)))]);
}
