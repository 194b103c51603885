using System.Globalization;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Evaluation.Statistics;
using Spectre.Console;

namespace AdaptiveServe.Lab.Evaluation.Results;

/// <summary>Shows an evaluation to people.</summary>
internal static class EvaluationTable
{
    public static void Write(EvaluationReport report, TextWriter output)
    {
        IAnsiConsole console = LabConsole.On(output);
        console.Write(Tasks(report));
        foreach ((string name, FormattableString value) in Facts(report))
            output.WriteLine($"{name,-10} {value.ToString(CultureInfo.InvariantCulture)}");
    }

    private static Table Tasks(EvaluationReport report)
    {
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumn("task");
        string[] columns = report.Comparison is null
            ? ["n", "accuracy", "95 % interval"]
            : ["n", "accuracy", "95 % interval", "difference", "95 % interval"];
        foreach (string name in columns) table.AddColumn(new TableColumn(name).RightAligned());
        foreach ((string task, Score score) in report.Tasks) AddRow(table, OneLine.Of(task), score, report.Comparison?.Tasks[task]);
        AddRow(table, "all", new Score(report.N, report.Accuracy, report.Interval95), report.Comparison?.Total);
        return table;
    }

    private static void AddRow(Table table, string name, Score score, Difference? difference)
    {
        List<string> cells = [Markup.Escape(name), Invariant($"{score.N}"), Share(score.Accuracy), Shares(score.Interval95)];
        if (difference is not null) cells.AddRange([Points(difference.Mean), Points(difference.Interval95)]);
        table.AddRow([.. cells]);
    }

    private static IEnumerable<(string Name, FormattableString Value)> Facts(EvaluationReport report)
    {
        TokenTotals tokens = report.Tokens;
        if (report.Comparison is { } comparison) yield return ("baseline", $"{Share(comparison.Accuracy)} % in {comparison.Baseline}");
        yield return ("tokens", $"{tokens.Prompt} in, {tokens.Completion} out: {tokens.Large} large, {tokens.Small} small");
        yield return ("forwards", $"{report.Forwards.Large} large, {report.Forwards.Small} small, counted for each sequence");
        if (report.Switches > 0) yield return ("switches", $"{report.Switches}; {tokens.ProcessedByLarge} tokens processed by the large model");
        if (report.Layers.Skipped + report.Layers.Repeated > 0)
            yield return ("layers", $"{report.Layers.Executed} run, {report.Layers.Skipped} left out, {report.Layers.Repeated} run again, over all tokens");
        if (report.Drafted > 0) yield return ("drafts", $"{report.Accepted} of {report.Drafted} tokens accepted");
        yield return ("time", $"{report.Seconds:0.00} s: {report.TokensPerSecond:0.0} tokens/s");
        if (report.Truncated > 0) yield return ("cut off", $"{report.Truncated} replies reached their length limit, and count as they are");
        if (!report.ChatTemplate) yield return ("prompts", $"as they are: the model has no chat template");
    }

    private static string Share(double value) => Invariant($"{100 * value:0.0}");

    private static string Shares(Interval interval) => $"{Share(interval.Low)} to {Share(interval.High)}";

    private static string Points(double value) => Invariant($"{100 * value:+0.0;-0.0;0.0}");

    private static string Points(Interval interval) => $"{Points(interval.Low)} to {Points(interval.High)}";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
