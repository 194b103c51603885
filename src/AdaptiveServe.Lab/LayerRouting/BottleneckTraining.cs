using System.CommandLine;
using System.Text;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Evaluation;
using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Lab.Files;
using AdaptiveServe.Lab.LayerRouting.Search;
using AdaptiveServe.Lab.LayerRouting.Training;
using AdaptiveServe.Lab.Speculation;
using AdaptiveServe.Torch;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Routing;

namespace AdaptiveServe.Lab.LayerRouting;

/// <summary>Searches the paths of prompts and trains routers of three classes on them (Dr.LLM).</summary>
internal static class BottleneckTraining
{
    private const int Concurrency = 64, HeldEvery = 5;

    /// <exception cref="LabException">The model cannot be searched, or too few prompts have a path.</exception>
    public static async Task RunAsync(TrainLayerRoutersOptions options, InvocationConfiguration console, CancellationToken cancellation)
    {
        string fingerprint = ModelFingerprint.Of(options.Model);
        IReadOnlyList<EvaluationExample> examples = SearchExamples.Load(options.Suite, options.Count, options.Seed);
        using OutputFile file = RouterOutput.Create(options.Output, BottleneckRouter.FileName);
        using OutputFile? plot = options.Plot is { } path ? OutputFile.Create(path) : null;
        (PathLabel[] labels, IReadOnlyList<Answer> replies) = await LabelsAsync(options, examples, fingerprint, console, cancellation);
        int[] usable = [.. Enumerable.Range(0, labels.Length).Where(i => labels[i].Paths.Count > 0)];
        if (usable.Length < 2 * HeldEvery) throw new LabException($"only {usable.Length} prompts have a correct path; {2 * HeldEvery} are needed");

        int[] learned = [.. usable.Where((_, i) => i % HeldEvery != 0)], held = [.. usable.Where((_, i) => i % HeldEvery == 0)];
        PromptStates states = PromptStates.Read(options.Model, [.. usable.Select(i => replies[i].Tokens[..replies[i].PromptLength])], cancellation);
        int[][] classes = PathClasses.Of([.. usable.Select(i => labels[i])], states.Layers);
        Dictionary<int, int> place = usable.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        Half learnedHalf = Half.Of(states, classes, [.. learned.Select(i => place[i])]);
        Half heldHalf = Half.Of(states, classes, [.. held.Select(i => place[i])]);

        RouterOptions defaults = new(), training = defaults with { Epochs = options.Epochs ?? defaults.Epochs };
        using RouterTrainer trainer = new(learnedHalf.States, training, options.Seed);
        IReadOnlyList<double> losses = await ProgressBar.RunAsync(console.Error, "training", training.Epochs, onDone => Task.Run(() => trainer.Train(
            learnedHalf.States, learnedHalf.Classes, heldHalf.States, heldHalf.Classes, options.Seed, onDone, cancellation), cancellation));
        RouterVerdict verdict = RouterVerdict.Of(trainer.Predict(heldHalf.States));
        IEnumerable<(float, double)> scores = verdict.Scores.Select((score, i) => (score, (double)replies[held[i / states.Layers]].Count));
        RouterOutput.Write(file, trainer.Tensors, ScoreQuantiles.Of(scores), fingerprint, "drllm");
        plot?.Stream.Write(Encoding.UTF8.GetBytes(LayerHeatMap.Draw(Skips(labels, states.Layers))));
        file.Commit();
        plot?.Commit();
        new RouterReport(
            labels, states.Layers, losses, ClassScores.Of(RouterVerdict.Of(trainer.Predict(learnedHalf.States)).Classes, learnedHalf.Flat),
            ClassScores.Of(verdict.Classes, heldHalf.Flat), 1 - verdict.Classes.Count(found => found == BottleneckNetwork.Skip) / (double)verdict.Classes.Length)
            .Write(console.Output);
    }

    /// <summary>The paths of all prompts, and what the whole model replies to them.</summary>
    private static async Task<(PathLabel[] Labels, IReadOnlyList<Answer> Replies)> LabelsAsync(
        TrainLayerRoutersOptions options, IReadOnlyList<EvaluationExample> examples, string fingerprint, InvocationConfiguration console,
        CancellationToken cancellation)
    {
        using LabelFile file = LabelFile.Open(options.Labels, fingerprint, options.IsSure);
        ReferenceStrategy reference = new();
        TorchRunnerOptions running = new() { Model = options.Model, Threads = options.Threads };
        using EvaluationModel model = EvaluationModel.Load(running, Concurrency, StrategyRegistry.BuiltIn.With(reference));
        if (options.IsSure && model.Engine.Info.LayerRanking.Count == 0) throw new LabException("the model has no ranking of its layers to go along: rank-layers writes one");
        PathTreeOptions defaults = new();
        LabelSearch search = new(model, reference, defaults with { Simulations = options.Simulations ?? defaults.Simulations }, options.Seed, options.IsSure);
        PathLabel[] labels = await ProgressBar.RunAsync(console.Error, "searching", examples.Count, onDone =>
            search.RunAsync(examples, file, onDone, cancellation));
        IReadOnlyList<Answer> replies = await ProgressBar.RunAsync(console.Error, "replies", examples.Count, onDone =>
            AnswerSource.RunAsync(model, examples, new EvaluationOptions { Seed = options.Seed }, onDone, cancellation));
        return (labels, replies);
    }

    private static Dictionary<string, double[]> Skips(IReadOnlyList<PathLabel> labels, int layers) => labels
        .Where(label => label.Paths.Count > 0).GroupBy(label => label.Task)
        .ToDictionary(task => task.Key, task => Enumerable.Range(0, layers).Select(layer => SkipShare([.. task], layer)).ToArray());

    private static double SkipShare(PathLabel[] labels, int layer) =>
        labels.Average(label => label.Paths.Average(path => path.Contains(layer) ? 0.0 : 1));

    /// <summary>Some of the prompts.</summary>
    private sealed record Half(PromptStates States, int[][] Classes)
    {
        public int[] Flat => [.. Classes.SelectMany(prompt => prompt)];

        public static Half Of(PromptStates states, int[][] classes, int[] prompts) =>
            new(states.Take(prompts), [.. prompts.Select(prompt => classes[prompt])]);
    }
}
