using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;
using AdaptiveServe.Lab.Evaluation.Results;

namespace AdaptiveServe.Lab.Calibration;

/// <summary>
/// The settings that a calibration tries. Thresholds are quantiles of what the criterion says while the small model replies: absolute ones
/// mean something else for every pair.
/// </summary>
internal static class SwitchGrid
{
    private static readonly int[] Windows = [1, 5], Dwells = [1, 2, 10];
    private static readonly double[] Shares = [0.3, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98, 0.99];

    private static readonly bool[] Rules = [true, false]; // with and without the doubtful token itself replaced

    /// <summary>Never leaves the small model.</summary>
    public const double Never = 1e12;

    /// <summary>Begins on the large model and stays.</summary>
    public const double Always = -1;

    /// <param name="criterion">Its name.</param>
    /// <param name="replies">Of the small model, with their tokens.</param>
    public static IReadOnlyList<EntropySwitchingOptions> Create(string criterion, IReadOnlyList<ExampleResult> replies)
    {
        List<EntropySwitchingOptions> settings = [];
        foreach (int window in Windows)
        {
            EntropySwitchingOptions options = new() { Criterion = criterion, Window = window };
            foreach (double threshold in Thresholds(options, replies, Shares))
            {
                foreach (int dwell in Dwells)
                    settings.AddRange(Rules.Select(replace => options with { Threshold = threshold, MinDwell = dwell, Replace = replace }));
            }
        }

        return settings;
    }

    /// <summary>Thresholds that a share of the small model's tokens is not above; each once.</summary>
    public static IEnumerable<double> Thresholds(
        EntropySwitchingOptions options, IReadOnlyList<ExampleResult> replies, IReadOnlyList<double> shares)
    {
        double[] values = [.. replies.SelectMany(reply => options.Measure(reply.Tokens)).Order()];
        return shares.Select(share => values[(int)(share * (values.Length - 1))]).Distinct();
    }
}
