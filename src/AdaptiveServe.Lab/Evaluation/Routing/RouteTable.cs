using System.Globalization;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Evaluation.Statistics;
using Spectre.Console;

namespace AdaptiveServe.Lab.Evaluation.Routing;

/// <summary>Shows a comparison of routers to people.</summary>
internal static class RouteTable
{
    public static void Write(IReadOnlyList<RoutePoint> points, TextWriter output)
    {
        Table table = new() { Border = TableBorder.Markdown };
        table.AddColumn("router");
        string[] columns =
            ["budget", "layers run (%)", "accuracy (%)", "95 % interval", "difference", "95 % interval", "tokens/s", "of whole (%)"];
        foreach (string name in columns)
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (RoutePoint point in points) table.AddRow(Cells(point, points[0].TokensPerSecond));
        LabConsole.WideOn(output).Write(table);
    }

    private static string[] Cells(RoutePoint point, double? wholeSpeed) =>
    [
        Markup.Escape(point.Router), Invariant($"{point.Budget:0.00}"), Invariant($"{100 * point.ExecutedShare:0.0}"),
        Invariant($"{100 * point.Score.Accuracy:0.0}"), Shares(point.Score.Interval95), Invariant($"{100 * point.Difference.Mean:+0.0;-0.0;0.0}"),
        Shares(point.Difference.Interval95), point.TokensPerSecond is { } speed ? Invariant($"{speed:0}") : "-",
        point.TokensPerSecond is { } own && wholeSpeed is { } whole ? Invariant($"{100 * own / whole:0}") : "-",
    ];

    private static string Shares(Interval interval) => Invariant($"{100 * interval.Low:0.0} to {100 * interval.High:0.0}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
