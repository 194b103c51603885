using ScottPlot;

namespace AdaptiveServe.Lab.Evaluation.Routing;

/// <summary>Accuracy against layers run, a line for each router, as SVG.</summary>
internal static class RoutePlot
{
    private const int Width = 800, Height = 480;

    public static string Draw(IReadOnlyList<RoutePoint> points)
    {
        using Plot plot = new();
        foreach (IGrouping<string, RoutePoint> router in points.Skip(1).GroupBy(point => point.Router))
        {
            RoutePoint[] line = [.. router.Append(points[0]).OrderBy(point => point.ExecutedShare)];
            double[] shares = [.. line.Select(point => 100 * point.ExecutedShare)];
            double[] accuracies = [.. line.Select(point => 100 * point.Score.Accuracy)];
            ScottPlot.Plottables.Scatter drawn = plot.Add.Scatter(shares, accuracies);
            drawn.LegendText = router.Key;
            ScottPlot.Plottables.ErrorBar bars = plot.Add.ErrorBar(shares, accuracies,
                line.Select(point => 50 * (point.Score.Interval95.High - point.Score.Interval95.Low)).ToArray());
            bars.Color = drawn.Color;
        }

        plot.XLabel("Layers run for each of the whole model (%)");
        plot.YLabel("Answered right (%)");
        plot.ShowLegend(Alignment.UpperLeft);
        return plot.GetSvgXml(Width, Height);
    }
}
