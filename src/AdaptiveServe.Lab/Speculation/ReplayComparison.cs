using System.Globalization;
using System.Text.Json.Nodes;
using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Lab.CommandLine;
using ScottPlot;
using Spectre.Console;

namespace AdaptiveServe.Lab.Speculation;

/// <summary>What each rule came to on the same traces.</summary>
/// <param name="Costs">Of steps.</param>
/// <param name="Rules">Totals by name, and the speed in each task.</param>
/// <param name="BestFixed">Name of the fixed length that is fastest over all.</param>
internal sealed record ReplayComparison(
    ReplayCosts Costs, IReadOnlyList<(string Name, ReplayTotals Totals, IReadOnlyDictionary<string, double> Tasks)> Rules, string BestFixed)
{
    private static readonly int[] Lengths = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24, 32];

    public static ReplayComparison Of(IReadOnlyList<DraftTrace> traces, int maxDraft, ReplayCosts costs, bool hasHead)
    {
        Dictionary<string, DraftTrace[]> tasks = traces.GroupBy(trace => trace.Task).ToDictionary(group => group.Key, group => group.ToArray());
        List<(string, Func<IReadOnlyList<DraftTrace>, ReplayTotals>)> rules = [];
        foreach (int length in Lengths.Where(length => length <= maxDraft)) Add($"fixed {length}", new() { Stop = "fixed", MaxDraft = length });
        Add("heuristic", new() { Stop = "heuristic", MaxDraft = maxDraft });
        foreach (double threshold in (double[])[0.2, 0.4, 0.6, 0.8, 0.9]) Add("confidence", new() { Stop = "confidence", MaxDraft = maxDraft, Threshold = threshold });
        foreach (double threshold in (double[])[0.2, 0.3, 0.5]) Add("svip", new() { Stop = "svip", MaxDraft = maxDraft, Threshold = threshold });
        foreach (double threshold in (double[])[0.4, 0.6, 0.8]) Add("adaedl", new() { Stop = "adaedl", MaxDraft = maxDraft, Threshold = threshold });
        if (hasHead)
        {
            foreach (double threshold in (double[])[0.1, 0.3, 0.5, 0.7, 0.9]) Add("learned", new() { Stop = "learned", MaxDraft = maxDraft, Threshold = threshold });
            rules.Add(("learned auto", some => Replay.Run(some, new() { Stop = "learned", MaxDraft = maxDraft }, costs)));
        }

        rules.Add(("best fixed per task", some => some.GroupBy(trace => trace.Task).Select(group => Lengths.Where(length => length <= maxDraft)
            .Select(length => Replay.Run([.. group], new() { Stop = "fixed", MaxDraft = length }, costs)).MaxBy(totals => totals.Speed))
            .Aggregate(default(ReplayTotals), (sum, totals) => sum + totals)));
        rules.Add(("clairvoyant", some => Replay.Clairvoyant(some, maxDraft, costs)));

        var done = rules.Select(rule => (rule.Item1, rule.Item2(traces), (IReadOnlyDictionary<string, double>)tasks.ToDictionary(task => task.Key, task => rule.Item2(task.Value).Speed))).ToArray();
        return new ReplayComparison(costs, done, done.Where(rule => rule.Item1.StartsWith("fixed", StringComparison.Ordinal)).MaxBy(rule => rule.Item2.Speed).Item1);

        void Add(string name, SpeculationOptions options) => rules.Add((
            options.Threshold is { } threshold ? string.Create(CultureInfo.InvariantCulture, $"{name} {threshold}") : name,
            some => Replay.Run(some, options, costs)));
    }

    public void Write(TextWriter output)
    {
        double reference = Rules.Single(rule => rule.Name == BestFixed).Totals.Speed;
        IReadOnlyDictionary<string, double> perTask = Rules.Single(rule => rule.Name == "best fixed per task").Tasks;
        Table table = new() { Border = TableBorder.Markdown };
        table.AddColumn("rule");
        foreach (string column in (string[])["tokens/forward", "drafted/token", "in vain %", "speed", "over best fixed %", "worst task %"])
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach ((string name, ReplayTotals totals, IReadOnlyDictionary<string, double> tasks) in Rules)
        {
            (string Task, double Gain) worst = tasks.Select(task => (task.Key, task.Value / perTask[task.Key] - 1)).MinBy(task => task.Item2);
            table.AddRow(
                name, Number($"{totals.TokensPerStep:0.00}"), Number($"{(double)totals.Drafted / totals.Tokens:0.00}"), Number($"{100 * totals.Wasted:0.0}"),
                Number($"{totals.Speed:0.000}"), Number($"{100 * (totals.Speed / reference - 1):+0.0;-0.0;0.0}"), Number($"{100 * worst.Gain:+0.0;-0.0;0.0} {worst.Task}"));
        }

        LabConsole.WideOn(output).Write(table);
        output.WriteLine(Number(
            $"costs: draft {Costs.Draft}, verification {Costs.Verify} and {Costs.PerToken} for each token; speed 1 is plain decoding; the best fixed length is {BestFixed}"));
        output.WriteLine("worst task: against the best fixed length of that task");
    }

    public JsonObject ToJson() => new()
    {
        ["costs"] = new JsonObject { ["draft"] = Costs.Draft, ["verify"] = Costs.Verify, ["per_token"] = Costs.PerToken },
        ["best_fixed"] = BestFixed,
        ["rules"] = new JsonObject(Rules.Select(rule => KeyValuePair.Create(rule.Name, (JsonNode?)new JsonObject
        {
            ["tokens_per_forward"] = rule.Totals.TokensPerStep,
            ["drafted_per_token"] = (double)rule.Totals.Drafted / rule.Totals.Tokens,
            ["wasted"] = rule.Totals.Wasted,
            ["speed"] = rule.Totals.Speed,
            ["tasks"] = new JsonObject(rule.Tasks.Select(task => KeyValuePair.Create(task.Key, (JsonNode?)task.Value))),
        }))),
    };

    /// <summary>Tokens for each forward against drafted tokens in vain: a curve for each family of rules, as SVG.</summary>
    public void Plot(string path)
    {
        using Plot plot = new();
        foreach (var family in Rules.Where(rule => rule.Name != "best fixed per task").GroupBy(rule => rule.Name.Split(' ')[0]))
        {
            (double X, double Y)[] points = [.. family.Select(rule => (rule.Totals.Wasted * rule.Totals.Drafted / rule.Totals.Tokens, rule.Totals.TokensPerStep)).Order()];
            plot.Add.Scatter(points.Select(point => point.X).ToArray(), points.Select(point => point.Y).ToArray()).LegendText = family.Key;
        }

        plot.XLabel("Tokens drafted in vain, for each token generated");
        plot.YLabel("Tokens for each forward of the large model");
        plot.ShowLegend(Alignment.LowerRight);
        plot.SaveSvg(path, 800, 460);
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
