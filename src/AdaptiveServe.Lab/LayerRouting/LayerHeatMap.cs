using ScottPlot;

namespace AdaptiveServe.Lab.LayerRouting;

/// <summary>How often each layer is left out, by task, as SVG.</summary>
internal static class LayerHeatMap
{
    private const int Width = 640, RowHeight = 24, Margins = 120;

    /// <param name="skips">For each task, the share of its prompts that leave each layer out.</param>
    public static string Draw(IReadOnlyDictionary<string, double[]> skips)
    {
        string[] tasks = [.. skips.Keys.Order(StringComparer.Ordinal)];
        int layers = skips[tasks[0]].Length;
        double[,] shares = new double[tasks.Length, layers];
        for (int task = 0; task < tasks.Length; task++)
            for (int layer = 0; layer < layers; layer++) shares[task, layer] = 100 * skips[tasks[task]][layer];
        using Plot plot = new();
        ScottPlot.Plottables.Heatmap map = plot.Add.Heatmap(shares);
        map.ManualRange = new ScottPlot.Range(0, 100);
        plot.Add.ColorBar(map).Label = "Left out (% of prompts)";
        plot.Axes.Left.SetTicks([.. Enumerable.Range(0, tasks.Length).Select(task => (double)(tasks.Length - 1 - task))], tasks);
        plot.Axes.Bottom.SetTicks([.. Enumerable.Range(0, layers).Select(layer => (double)layer)], [.. Enumerable.Range(0, layers).Select(layer => $"{layer}")]);
        plot.XLabel("Layer");
        return plot.GetSvgXml(Width, RowHeight * tasks.Length + Margins);
    }
}
