using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Evaluation;
using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Torch.Adaptive;

namespace AdaptiveServe.Lab.Calibration;

/// <summary>Tries settings on one half of the examples, and measures those worth having on the other half.</summary>
/// <remarks>
/// Every trial is a live run: what a reply becomes after a switch cannot be read off another reply. The best of many settings looks better
/// than it is on the examples that it was chosen by; so what is written down comes from examples that took no part in the choice.
/// </remarks>
internal sealed class EntropyCalibrator(EvaluationModel model, CalibrationOptions options, TextWriter error, CancellationToken cancellation)
{
    /// <exception cref="LabException">There is no small model, or the large one is never right.</exception>
    public async Task<EntropyCalibration> RunAsync(IReadOnlyList<EvaluationExample> examples, string fingerprint)
    {
        EvaluationExample[] choosing = [.. examples.Where((_, i) => i % 2 == 0)], measuring = [.. examples.Where((_, i) => i % 2 == 1)];
        EntropySwitchingOptions small = new() { Criterion = options.Criterion, Threshold = SwitchGrid.Never };
        EntropySwitchingOptions large = small with { Threshold = SwitchGrid.Always };

        IReadOnlyList<SwitchTrial> limits = await TryAsync("both models", choosing, [small, large]);
        IReadOnlyList<EntropySwitchingOptions> grid = SwitchGrid.Create(options.Criterion, limits[0].Result.Examples);
        IReadOnlyList<SwitchTrial> trials = await TryAsync("settings", choosing, grid);
        IEnumerable<EntropySwitchingOptions> chosen = SwitchTrial.Frontier(trials).Select(trial => trial.Setting);
        IReadOnlyList<SwitchTrial> measured = await TryAsync("chosen settings", measuring, [small, .. chosen, large]);
        return new EntropyCalibration
        {
            Fingerprint = fingerprint,
            Suite = options.Suite == EvaluationSuite.Demo ? options.Suite : Path.GetFileName(options.Suite),
            Seed = options.Seed,
            Examples = measuring.Length,
            DefaultQuality = options.DefaultQuality,
            Points = Points(measured),
        };
    }

    private static IReadOnlyList<CalibrationPoint> Points(IReadOnlyList<SwitchTrial> measured)
    {
        SwitchTrial large = measured[^1];
        if (large.Accuracy == 0) throw new LabException("the large model is never right: there is no quality to keep a share of");
        IEnumerable<CalibrationPoint> points = measured.Select(trial => trial.ToPoint(large));
        return [.. points.SkipLast(1).OrderBy(point => point.GeneratedByLarge), large.ToPoint(large)];
    }

    private Task<IReadOnlyList<SwitchTrial>> TryAsync(
        string title, EvaluationExample[] examples, IReadOnlyList<EntropySwitchingOptions> settings) =>
        ProgressBar.RunAsync<IReadOnlyList<SwitchTrial>>(error, title, settings.Count * examples.Length, async onDone =>
        {
            List<SwitchTrial> trials = [];
            foreach (EntropySwitchingOptions setting in settings)
            {
                EvaluationOptions evaluation = new()
                {
                    Adaptive = new AdaptiveChoice { Target = "entropy", Entropy = setting },
                    MaxTokens = options.MaxTokens,
                    Seed = options.Seed,
                    KeepTokens = setting.Threshold == SwitchGrid.Never,
                };
                trials.Add(new SwitchTrial(setting, await Evaluator.RunAsync(model, examples, evaluation, onDone, cancellation)));
            }

            return trials;
        });
}
