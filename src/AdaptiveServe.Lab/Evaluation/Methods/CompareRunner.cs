using System.CommandLine;
using System.Text.Json;
using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Lab.Files;
using AdaptiveServe.Torch;

namespace AdaptiveServe.Lab.Evaluation.Methods;

/// <summary><c>eval --compare</c>: what entropy switching brings, beside its limits, its controls and the other methods of a pair.</summary>
internal static class CompareRunner
{
    public static async Task<int> RunAsync(
        EvalOptions options, CompareOptions compare, InvocationConfiguration console, CancellationToken cancellation)
    {
        // All that can be wrong on the way in or out shows before a model is loaded.
        int seeds = options.Suite == EvaluationSuite.Demo ? compare.Seeds : 1; // a file has one set of examples
        if (options.Evaluation.Seed > int.MaxValue - seeds) throw new LabException("--seed and --seeds together are too large");
        IReadOnlyList<EvaluationExample>[] examples = [.. Enumerable.Range(options.Evaluation.Seed, seeds)
            .Select(seed => EvaluationSuite.Load(options.Suite, options.Limit, seed, options.Difficulty))];
        TorchRunnerOptions models = ModelFolders.Find(options.Model, options.SmallModel, options.Threads, options.Adapter);
        if (models.SmallModel is null) throw new LabException("--compare needs a pair: --small-model is missing");
        AdaptiveChoice choice = options.Evaluation.Adaptive;
        IReadOnlyList<EntropySwitchingOptions>? known = choice.Quality is null ? null : [choice.Resolve(models).Entropy];
        using OutputFile? json = options.Json is null ? null : OutputFile.Create(options.Json);
        using ComparePlots? plots = compare.Plot is null ? null : ComparePlots.Create(compare.Plot);

        DateTimeOffset startedAt = TimeProvider.System.GetUtcNow();
        using EvaluationModel model = EvaluationModel.Load(models, options.Concurrency);
        IReadOnlyList<EntropySwitchingOptions> rules = options.IsAdaptiveGiven
            ? [choice.Entropy]
            : MethodComparison.Rules(model.Engine.Info.JudgesNextToken);
        int n = examples.Sum(each => each.Count), count = MethodComparison.Count(known?.Count ?? MethodComparison.CountSettings(rules));
        IReadOnlyList<MethodRun> runs = await ProgressBar.RunAsync(console.Error, "replies", n * count, async onDone =>
        {
            MethodComparison comparison = new(model, examples, options.Evaluation, onDone, cancellation);
            return await comparison.RunAsync(known ?? await comparison.CreateSettingsAsync(rules));
        });
        CompareReport report = new()
        {
            StartedAt = startedAt,
            Model = options.Model,
            SmallModel = options.SmallModel,
            Adapter = options.Adapter,
            Suite = options.Suite,
            Seed = options.Evaluation.Seed,
            Seeds = seeds,
            N = n,
            Concurrency = options.Concurrency,
            Temperature = options.Evaluation.Temperature,
            Rows = CompareReport.RowsOf(runs),
        };
        CompareTable.Write(report, console.Output);
        if (json is not null) JsonSerializer.Serialize(json.Stream, report, LabJson.Report);
        json?.Commit();
        plots?.Write(report);
        return ExitCode.Success;
    }
}
