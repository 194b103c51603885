using AdaptiveServe.Lab.Evaluation.Results;
using ScottPlot;

namespace AdaptiveServe.Lab.Training.Demo;

/// <summary>Pictures of a training, as SVG.</summary>
internal static class TrainingPlots
{
    private const int Width = 800, Height = 420;

    /// <summary>Loss over tokens, a line for each model.</summary>
    public static void Loss(string path, IReadOnlyDictionary<string, IReadOnlyList<TrainingPoint>> logs) =>
        Curves(path, logs, "Loss on the assistant's tokens (nats)", point => point.Accuracy is null ? point.Loss : null, isLogarithmic: true);

    /// <summary>Accuracy on held-out questions over tokens, a line for each model.</summary>
    public static void Accuracy(string path, IReadOnlyDictionary<string, IReadOnlyList<TrainingPoint>> logs) =>
        Curves(path, logs, "Held-out questions answered right (%)", point => 100 * point.Accuracy, isLogarithmic: false);

    /// <summary>Accuracy of each task, bars for both models.</summary>
    public static void Tasks(string path, IReadOnlyDictionary<string, EvaluationResult> results)
    {
        using Plot plot = new();
        string[] tasks = [.. results.Values.First().Tasks.Keys];
        int model = 0;
        foreach ((string name, EvaluationResult result) in results)
        {
            Bar[] bars = [.. tasks.Select((task, i) => Bar(i * (results.Count + 1) + model, result.Tasks[task]))];
            ScottPlot.Plottables.BarPlot plotted = plot.Add.Bars(bars);
            plotted.LegendText = name;
            model++;
        }

        double middle = (results.Count - 1) / 2.0;
        plot.Axes.Bottom.SetTicks([.. tasks.Select((_, i) => i * (results.Count + 1) + middle)], tasks);
        plot.Axes.Bottom.TickLabelStyle.Rotation = 45;
        plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.UpperLeft;
        plot.Axes.Bottom.MinimumSize = 90;
        plot.Axes.SetLimitsY(0, 105);
        plot.YLabel("Answered right (%)");
        plot.ShowLegend(Edge.Right);
        plot.SaveSvg(path, Width, Height);

        static Bar Bar(double position, Score score) => new()
        {
            Position = position,
            Value = 100 * score.Accuracy,
            Error = 50 * (score.Interval95.High - score.Interval95.Low),
        };
    }

    private static void Curves(
        string path, IReadOnlyDictionary<string, IReadOnlyList<TrainingPoint>> logs, string label,
        Func<TrainingPoint, double?> value, bool isLogarithmic)
    {
        using Plot plot = new();
        foreach ((string name, IReadOnlyList<TrainingPoint> points) in logs)
        {
            (double Tokens, double Value)[] drawn =
                [.. points.Where(point => value(point) is not null).Select(point => (point.Tokens / 1e6, value(point)!.Value))];
            if (drawn.Length == 0) continue;
            var line = plot.Add.Scatter(
                [.. drawn.Select(point => point.Tokens)],
                drawn.Select(point => isLogarithmic ? Math.Log10(Math.Max(1e-4, point.Value)) : point.Value).ToArray());
            line.LegendText = name;
            line.MarkerSize = isLogarithmic ? 0 : 5;
        }

        if (isLogarithmic)
        {
            double[] ticks = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];
            plot.Axes.Left.SetTicks([.. ticks.Select(Math.Log10)], [.. ticks.Select(tick => tick.ToString(System.Globalization.CultureInfo.InvariantCulture))]);
        }

        plot.XLabel("Million tokens");
        plot.YLabel(label);
        plot.ShowLegend();
        plot.SaveSvg(path, Width, Height);
    }
}
