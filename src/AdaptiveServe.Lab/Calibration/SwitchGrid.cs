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

    /// <summary>Shares of the tokens that thresholds are not below. Where doubtful tokens are replaced, the large model gives what is left.</summary>
    private static readonly (bool Replace, double[] Shares)[] Rules =
    [
        (true, [0.5, 0.7, 0.85, 0.92, 0.96, 0.98, 0.99]), (false, [0.5, 0.7, 0.9]),
    ];

    /// <summary>Never leaves the small model.</summary>
    public const double Never = 1e12;

    /// <summary>Begins on the large model and stays.</summary>
    public const double Always = -1;

    /// <param name="criterion">Its name.</param>
    /// <param name="replies">Of the small model, with their tokens.</param>
    public static IReadOnlyList<EntropySwitchingOptions> Create(string criterion, IReadOnlyList<ExampleResult> replies)
    {
        List<EntropySwitchingOptions> settings = [];
        foreach ((bool replace, double[] shares) in Rules)
        {
            foreach (int window in Windows)
            {
                EntropySwitchingOptions options = new() { Criterion = criterion, Replace = replace, Window = window };
                foreach (double threshold in Thresholds(options, replies, shares))
                    settings.AddRange(Dwells.Select(dwell => options with { Threshold = threshold, MinDwell = dwell }));
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
