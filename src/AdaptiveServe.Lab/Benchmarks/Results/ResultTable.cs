using System.Globalization;
using Spectre.Console;

namespace AdaptiveServe.Lab.Benchmarks.Results;

/// <summary>Shows a result to people.</summary>
internal static class ResultTable
{
    public static void Write(LoadResult result, TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        console.Write(Times(result));
        output.WriteLine(Invariant($"requests       {result.Succeeded} answered, {result.Failed} failed, in {result.DurationS:0.00} s: {result.RequestsPerSecond:0.00}/s"));
        output.WriteLine(Invariant($"output tokens  {result.OutputTokens}: {result.OutputTokensPerSecond:0.0}/s; prompt tokens {result.PromptTokens}"));
        if (result.WithoutUsage > 0) output.WriteLine($"               {result.WithoutUsage} answers came without token counts");
        if (result.Goodput is { } good) output.WriteLine(Invariant($"goodput        {good.Requests} requests ({good.Share:P1}): {good.RequestsPerSecond:0.00}/s"));
        foreach (FailureCount failure in result.Errors)
            output.WriteLine($"failed         {failure.Count} x {failure.Kind} {failure.Status} {failure.Code}: {failure.FirstMessage}");
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

    private static void AddRow(Table table, string name, LatencySummary times) => table.AddRow(
        [name, .. new[] { times.Mean, times.P50, times.P90, times.P99, times.Max }.Select(time => times.Count == 0 ? "-" : Invariant($"{time:0.00}"))]);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
