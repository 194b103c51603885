using System.Globalization;
using AdaptiveServe.Lab.LayerRouting.Search;
using AdaptiveServe.Lab.LayerRouting.Training;

namespace AdaptiveServe.Lab.LayerRouting;

/// <summary>What came of training routers of three classes.</summary>
/// <param name="Labels">Of all prompts that were searched.</param>
/// <param name="Layers">Of the model.</param>
/// <param name="Losses">On the prompts kept apart, after each pass.</param>
/// <param name="Learned">Scores on what was learned from.</param>
/// <param name="Held">Scores on what was kept apart.</param>
/// <param name="ShareRun">Share of layers that the most likely classes run, kept apart.</param>
internal sealed record RouterReport(
    IReadOnlyList<PathLabel> Labels, int Layers, IReadOnlyList<double> Losses, ClassScores Learned, ClassScores Held, double ShareRun)
{
    private static readonly string[] ClassNames = ["skip", "run", "twice"];

    public void Write(TextWriter output)
    {
        PathLabel[] found = [.. Labels.Where(label => label.Paths.Count > 0)];
        double[] lengths = [.. found.Select(label => (double)label.Paths[0].Count)];
        int wrong = Labels.Count(label => !label.IsWholeRight), mended = found.Count(label => !label.IsWholeRight);
        Line($"prompts   {Labels.Count}; the whole model is wrong on {wrong}, and a path is right on {mended} of those");
        double tried = Labels.Average(label => label.Tried);
        Line($"paths     {lengths.Average():0.00} layers of {Layers} in the mean, from {lengths.Min():0} to {lengths.Max():0}; {tried:0} were tried for a prompt");
        Line($"loss      {string.Join(", ", Losses.Select(loss => loss.ToString("0.0000", CultureInfo.InvariantCulture)))} after each pass, on prompts kept apart");
        Scores("learned", Learned);
        Scores("kept", Held);
        Line($"run       {100 * ShareRun:0.0} % of the layers by the most likely class, on prompts kept apart");
        foreach (IGrouping<string, PathLabel> task in found.GroupBy(label => label.Task).OrderBy(task => task.Key, StringComparer.Ordinal))
            Line($"          {task.Key,-14} {task.Average(label => label.Paths[0].Count):0.00} layers ({task.Count()})");

        void Scores(string name, ClassScores scores)
        {
            string[] classes = [.. ClassNames.Select((word, found) =>
                FormattableString.Invariant($"{word} {100 * scores.F1[found]:0.0} % ({scores.Counts[found]})"))];
            Line($"{name,-9} accuracy {100 * scores.Accuracy:0.0} %, macro-F1 {100 * scores.MacroF1:0.0} %; F1 of {string.Join(", ", classes)}");
        }

        void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
    }
}
