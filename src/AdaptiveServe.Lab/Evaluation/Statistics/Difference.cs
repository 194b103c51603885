namespace AdaptiveServe.Lab.Evaluation.Statistics;

/// <param name="Mean">Accuracy minus the baseline's accuracy.</param>
/// <param name="Interval95">Where 95 % of repetitions with other prompts would lie.</param>
internal sealed record Difference(double Mean, Interval Interval95);
