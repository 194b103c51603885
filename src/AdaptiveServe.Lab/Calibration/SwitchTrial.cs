using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;
using AdaptiveServe.Lab.Evaluation.Results;
using AdaptiveServe.Lab.Evaluation.Statistics;
using AdaptiveServe.Torch.Adaptive;

namespace AdaptiveServe.Lab.Calibration;

/// <summary>A setting and what came of it.</summary>
internal sealed record SwitchTrial(EntropySwitchingOptions Setting, EvaluationResult Result)
{
    public double Accuracy => Result.Total.Accuracy;

    public double GeneratedByLarge => Result.Costs.LargeTokens / (double)Result.Costs.CompletionTokens;

    /// <summary>Those of the trials that no cheaper one is as good as; the cheapest first.</summary>
    public static IReadOnlyList<SwitchTrial> Frontier(IEnumerable<SwitchTrial> trials)
    {
        List<SwitchTrial> frontier = [];
        foreach (SwitchTrial trial in trials.OrderBy(trial => trial.GeneratedByLarge).ThenByDescending(trial => trial.Accuracy))
            if (frontier.Count == 0 || trial.Accuracy > frontier[^1].Accuracy) frontier.Add(trial);
        return frontier;
    }

    /// <param name="large">The large model on the same examples.</param>
    public CalibrationPoint ToPoint(SwitchTrial large)
    {
        Interval interval = PairedBootstrap.Ratio(Correct(), large.Correct());
        return new CalibrationPoint
        {
            Criterion = Setting.Criterion,
            Threshold = Setting.Threshold,
            ThresholdDown = Setting.ThresholdDown,
            Replace = Setting.Replace,
            Window = Setting.Window,
            MinDwell = Setting.MinDwell,
            Accuracy = Accuracy,
            Quality = Accuracy / large.Accuracy,
            Quality95 = [interval.Low, interval.High],
            GeneratedByLarge = GeneratedByLarge,
            ProcessedByLarge = Result.Costs.ProcessedByLarge / (double)Result.Costs.CompletionTokens,
            Switches = Result.Costs.Switches / (double)Result.Examples.Count,
        };
    }

    private bool[] Correct() => [.. Result.Examples.Select(example => example.IsCorrect)];
}
