using System.CommandLine;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Evaluation;
using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Lab.LayerRouting.Search;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Torch;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.LayerRouting;

/// <summary>Trains what chooses the layers of a model by the prompt.</summary>
internal static class TrainLayerRoutersCommand
{
    private const int Concurrency = 64;

    public static Verb Create()
    {
        Option<string> model = new("--model") { Description = "Folder of the model.", HelpName = "DIR", Required = true };
        Option<string> suite = new("--suite") { Description = "demo, or a file.", HelpName = "demo|JSONL", Required = true };
        Option<string> labels = new("--labels") { Description = "Labels.", HelpName = "JSONL", Required = true };
        NumberOption<int> count = new("--count", "Prompts.", 1, EvaluationSuite.MaxExamples);
        NumberOption<int> seed = new("--seed", "Seed.", 0, int.MaxValue);
        NumberOption<int> simulations = new("--simulations", "Of the tree search.", 0, 10_000);
        NumberOption<int> threads = new("--threads", "CPU threads; by default all cores.", 1, 1024);
        Verb verb = new("layer-routers", "Trains routers.", "train layer-routers --method drllm --model models/demo/large --suite demo --out models/demo/large")
        { model, suite, labels, count, seed, simulations, threads };
        verb.SetAction(async (parsed, cancellation) =>
        {
            IReadOnlyList<EvaluationExample> examples = SearchExamples.Load(parsed.GetRequiredValue(suite), parsed.GetValue(count) ?? 600, parsed.GetValue(seed) ?? 1);
            TorchRunnerOptions options = new() { Model = parsed.GetRequiredValue(model), Threads = parsed.GetValue(threads) ?? 0 };
            using LabelFile file = LabelFile.Open(parsed.GetRequiredValue(labels), ModelFingerprint.Of(options.Model));
            ReferenceStrategy reference = new();
            using EvaluationModel running = EvaluationModel.Load(options, Concurrency, StrategyRegistry.BuiltIn.With(reference));
            LabelSearch search = new(running, reference, new PathTreeOptions(parsed.GetValue(simulations) ?? 50), 1);
            EvaluationExample[] open = [.. examples.Where(example => !file.Known.ContainsKey(example.Hash))];
            await search.RunAsync(open, (_, label) => file.Add(label), cancellation);
            return ExitCode.Success;
        });
        return verb;
    }
}
