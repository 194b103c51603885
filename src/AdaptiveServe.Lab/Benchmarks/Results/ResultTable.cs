using System.Globalization;
using AdaptiveServe.Lab.Benchmarks.Client;
using AdaptiveServe.Lab.CommandLine;
using Spectre.Console;

namespace AdaptiveServe.Lab.Benchmarks.Results;

/// <summary>Shows a result to people.</summary>
internal static class ResultTable
{
    public static void Write(LoadResult result, TextWriter output)
    {
        IAnsiConsole console = LabConsole.On(output);
        console.Write(Times(result));
        foreach ((string name, FormattableString value) in Facts(result))
            output.WriteLine($"{name,-14} {value.ToString(CultureInfo.InvariantCulture)}");
    }

    private static IEnumerable<(string Name, FormattableString Value)> Facts(LoadResult result)
    {
        yield return ("requests", $"{result.Succeeded} answered, {result.Failed} failed, in {result.DurationS:0.00} s");
        yield return ("", $"{result.RequestsPerSecond:0.00} answers/s");
        yield return ("tokens", $"{result.PromptTokens} in, {result.OutputTokens} out: {result.OutputTokensPerSecond:0.0} out/s");
        if (result.WithoutUsage > 0) yield return ("", $"{result.WithoutUsage} answers came without token counts");
        if (result.Goodput is { } good)
            yield return ("goodput", $"{good.Requests} ({good.Share:P1}): {good.RequestsPerSecond:0.00} answers/s");
        foreach (FailureCount each in result.Errors)
            yield return ("failed", $"{each.Count} x {RequestFailure.Describe(each.Kind, each.Status, each.Code)}: {each.FirstMessage}");
    }

    private static Table Times(LoadResult result)
    {
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumn("milliseconds");
        foreach (string name in (string[])["mean", "p50", "p90", "p99", "max"]) table.AddColumn(new TableColumn(name).RightAligned());
        AddRow(table, "time to first token", result.TtftMs);
        AddRow(table, "between chunks (ITL)", result.ItlMs);
        AddRow(table, "per output token (TPOT)", result.TpotMs);
        AddRow(table, "end to end", result.E2eMs);
        AddRow(table, "sent after arrival", result.SendLagMs);
        return table;
    }

    private static void AddRow(Table table, string name, LatencySummary times)
    {
        double[] cells = [times.Mean, times.P50, times.P90, times.P99, times.Max];
        table.AddRow([name, .. cells.Select(cell => times.Count == 0 ? "-" : cell.ToString("0.00", CultureInfo.InvariantCulture))]);
    }
}
