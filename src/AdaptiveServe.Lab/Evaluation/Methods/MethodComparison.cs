using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;
using AdaptiveServe.Lab.Calibration;
using AdaptiveServe.Lab.Evaluation.Results;
using AdaptiveServe.Lab.Evaluation.Suites;

namespace AdaptiveServe.Lab.Evaluation.Methods;

/// <summary>Runs all methods on the same examples, one after the other in one process.</summary>
/// <param name="model">The pair.</param>
/// <param name="seeds">The examples of each seed.</param>
/// <param name="evaluation">How replies are made; its choice is each method's.</param>
/// <param name="onDone">Called after each reply.</param>
/// <param name="cancellation">Ends the comparison.</param>
internal sealed class MethodComparison(
    EvaluationModel model, IReadOnlyList<IReadOnlyList<EvaluationExample>> seeds, EvaluationOptions evaluation, Action onDone,
    CancellationToken cancellation)
{
    private const int WarmupExamples = 32;

    private static readonly double[] Shares = [0.5, 0.7, 0.9];
    private static readonly double[] ReplacingShares = [0.57, 0.75, 0.9, 0.95, 0.98]; // what is doubtful is all that the large model gives
    private static readonly double[] CascadeThresholds = [0, 0.1, 0.3];

    /// <summary>Runs of all methods, where the settings of switching are known or quantiles.</summary>
    public static int Count(int settings) => 3 + CascadeThresholds.Length + 3 * settings;

    /// <summary>The rules of switching to compare: the published one, and those that replace the doubtful token.</summary>
    public static IReadOnlyList<EntropySwitchingOptions> Rules(bool hasHead)
    {
        EntropySwitchingOptions replacing = new();
        return hasHead
            ? [EntropySwitchingOptions.AsPublished, replacing, replacing.For("acceptance")]
            : [EntropySwitchingOptions.AsPublished, replacing];
    }

    /// <summary>How many settings there are of some rules at most.</summary>
    public static int CountSettings(IEnumerable<EntropySwitchingOptions> rules) => rules.Sum(rule => SharesOf(rule).Length);

    /// <summary>Settings whose thresholds are quantiles of what a criterion says while the small model replies to the first seed.</summary>
    public async Task<IReadOnlyList<EntropySwitchingOptions>> CreateSettingsAsync(IReadOnlyList<EntropySwitchingOptions> rules)
    {
        List<EntropySwitchingOptions> settings = [];
        foreach (EntropySwitchingOptions rule in rules)
        {
            EntropySwitchingOptions basis = rule with { ThresholdDown = null };
            EvaluationOptions traced = Options(Method.Switching(basis with { Threshold = SwitchGrid.Never })) with { KeepTokens = true };
            EvaluationResult result = await Evaluator.RunAsync(model, seeds[0], traced, () => { }, cancellation);
            IEnumerable<double> thresholds = SwitchGrid.Thresholds(basis, result.Examples, SharesOf(rule));
            settings.AddRange(thresholds.Select(threshold => basis with { Threshold = threshold }));
        }

        return settings;
    }

    /// <param name="settings">Of entropy switching.</param>
    /// <returns>The large model first.</returns>
    public async Task<IReadOnlyList<MethodRun>> RunAsync(IReadOnlyList<EntropySwitchingOptions> settings)
    {
        await WarmUpAsync();
        IReadOnlyList<EvaluationResult> large = await EvaluateAsync(Method.Large), small = await EvaluateAsync(Method.Small);
        List<MethodRun> runs = [MethodRun.Of(Method.Large, large), MethodRun.Of(Method.Small, small), await RunAsync(Method.Speculative)];
        foreach (double threshold in CascadeThresholds) runs.Add(await RunAsync(Method.Cascade(threshold)));

        List<double> entropies = [];
        foreach (IReadOnlyList<EvaluationExample> examples in seeds)
            entropies.AddRange(await PromptEntropies.MeasureAsync(model, examples, cancellation));
        PromptRouting routing = new(small, large, entropies);
        foreach (EntropySwitchingOptions setting in settings)
        {
            MethodRun switching = await RunAsync(Method.Switching(setting));
            double share = switching.GeneratedByLarge;
            runs.Add(switching);
            runs.Add(await RunAsync(Method.Control("random", share, setting.MinDwell)));
            runs.Add(await RunAsync(Method.Control("periodic", share, setting.MinDwell)));
            runs.Add(routing.At(share));
        }

        return runs;
    }

    private static double[] SharesOf(EntropySwitchingOptions rule) => rule.Replace ? ReplacingShares : Shares;

    /// <summary>The first forwards pay for compilation and for memory: no method's time should.</summary>
    private async Task WarmUpAsync()
    {
        EvaluationExample[] few = [.. seeds[0].Take(WarmupExamples)];
        foreach (Method method in (Method[])[Method.Large, Method.Small, Method.Speculative, Method.Large])
            await Evaluator.RunAsync(model, few, Options(method), () => { }, cancellation);
    }

    private async Task<MethodRun> RunAsync(Method method) => MethodRun.Of(method, await EvaluateAsync(method));

    private async Task<IReadOnlyList<EvaluationResult>> EvaluateAsync(Method method)
    {
        List<EvaluationResult> results = [];
        foreach (IReadOnlyList<EvaluationExample> examples in seeds)
        {
            EvaluationOptions options = Options(method) with { Seed = evaluation.Seed + results.Count };
            results.Add(await Evaluator.RunAsync(model, examples, options, onDone, cancellation));
        }

        return results;
    }

    private EvaluationOptions Options(Method method) => evaluation with { Adaptive = method.Choice };
}
