using System.Globalization;
using ScottPlot;

namespace AdaptiveServe.Lab.Speculation;

/// <summary>What came of training an acceptance head.</summary>
/// <param name="Examples">Places that it learned from.</param>
/// <param name="Held">Places that it was judged on, of answers that it did not learn from.</param>
/// <param name="Accepted">Share of the latter that the target accepts.</param>
/// <param name="Losses">Weighted loss on them after each pass.</param>
/// <param name="Head">Of the head's chances.</param>
/// <param name="Confidence">Of the drafter's own probability, for comparison.</param>
internal sealed record AcceptanceHeadReport(
    int Examples, int Held, double Accepted, IReadOnlyList<double> Losses, Reliability Head, Reliability Confidence)
{
    public void Write(TextWriter output)
    {
        Line($"examples    {Examples}, and {Held} kept apart, of which {100 * Accepted:0.0} % are accepted");
        Line($"loss        {string.Join(", ", Losses.Select(loss => loss.ToString("0.0000", CultureInfo.InvariantCulture)))} after each pass");
        Line($"head        AUC {Head.Auc:0.0000}, calibration error {Head.ExpectedError:0.0000}");
        Line($"confidence  AUC {Confidence.Auc:0.0000}, calibration error {Confidence.ExpectedError:0.0000}");
        foreach ((double chance, double share, int count) in Head.Groups) Line($"            {chance:0.00} said, {share:0.00} accepted ({count})");

        void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Chances said against shares accepted, as SVG.</summary>
    public void Plot(string path)
    {
        using Plot plot = new();
        Curve("acceptance head", Head);
        Curve("drafter's own probability", Confidence);
        ScottPlot.Plottables.LinePlot ideal = plot.Add.Line(0, 0, 1, 1);
        ideal.LinePattern = LinePattern.Dashed;
        plot.XLabel("Chance said");
        plot.YLabel("Share accepted");
        plot.Axes.SetLimits(0, 1, 0, 1);
        plot.ShowLegend(Alignment.LowerRight);
        plot.SaveSvg(path, 520, 420);

        void Curve(string name, Reliability calibration) =>
            plot.Add.Scatter(
                calibration.Groups.Select(group => group.Chance).ToArray(), calibration.Groups.Select(group => group.Share).ToArray()).LegendText = name;
    }
}
