using System.CommandLine;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Lab.Files;
using AdaptiveServe.Torch;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Routing;

namespace AdaptiveServe.Lab.Evaluation.Routing;

/// <summary>Finds the order in which a model's layers may be left out, on prompts of a suite, and puts it beside the model.</summary>
internal static class RankLayersCommand
{
    private const int Concurrency = 32, DefaultLimit = 64, DefaultSeed = 2, MaxReplyTokens = 512;

    public static Verb Create()
    {
        Option<string> model = new("--model") { Description = "Folder of the model.", HelpName = "DIR", Required = true };
        Option<string> suite = new("--suite") { Description = "demo, or a file as eval takes it; its answers are not looked at.", HelpName = "demo|JSONL", Required = true };
        NumberOption<int> limit = new("--limit", $"Prompts at most; by default {DefaultLimit}.", 1, EvaluationSuite.MaxExamples);
        NumberOption<int> seed = new("--seed", $"Of the demo suite; by default {DefaultSeed}, other prompts than those of eval.", 0, int.MaxValue);
        NumberOption<int> threads = new("--threads", "CPU threads; by default all cores.", 1, 1024);
        Verb verb = new("rank-layers", $"Writes {LayerRanking.Place} into a model's folder: which layers are missed least when it replies.",
            "rank-layers --model models/demo/large --suite demo --limit 64")
        { model, suite, limit, seed, threads };
        verb.SetAction((parsed, cancellation) =>
        {
            IReadOnlyList<EvaluationExample> examples = EvaluationSuite.Load(
                parsed.GetRequiredValue(suite), parsed.GetValue(limit) ?? DefaultLimit, parsed.GetValue(seed) ?? DefaultSeed, Difficulty.InRange);
            TorchRunnerOptions options = new() { Model = parsed.GetRequiredValue(model), Threads = parsed.GetValue(threads) ?? 0 };
            return RunAsync(options, examples, parsed.InvocationConfiguration, cancellation);
        });
        return verb;
    }

    private static async Task<int> RunAsync(
        TorchRunnerOptions options, IReadOnlyList<EvaluationExample> examples, InvocationConfiguration console, CancellationToken cancellation)
    {
        DropStale(options.Model);
        string path = Path.Combine(options.Model, LayerRanking.Place);
        using EvaluationModel model = EvaluationModel.Load(options, Concurrency);
        ScoredReply[] replies = new ScoredReply[examples.Count];
        for (int i = 0; i < replies.Length; i++) replies[i] = await ReplyAsync(model, Evaluator.Encode(model, examples[i], i), cancellation);
        int scores = LayerRanker.CountScores(model.Engine.Info.LargeLayers, replies.Length);
        IReadOnlyList<int> layers = await ProgressBar.RunAsync(
            console.Error, "scores", scores, onDone => LayerRanker.RankAsync(model, replies, onDone, cancellation));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using OutputFile file = OutputFile.Create(path);
        new LayerRanking(ModelFingerprint.Of(options.Model), "loss", layers).Write(file.Stream);
        file.Commit();
        console.Output.WriteLine($"{path}: {string.Join(' ', layers)}");
        return ExitCode.Success;
    }

    /// <summary>The ranking of another model would keep this one from being loaded.</summary>
    private static void DropStale(string folder)
    {
        string path = Path.Combine(folder, LayerRanking.Place);
        try
        {
            _ = LayerRanking.Find(folder);
        }
        catch (ModelLoadException) when (File.Exists(path))
        {
            File.Delete(path);
        }
    }

    private static async Task<ScoredReply> ReplyAsync(EvaluationModel model, int[] prompt, CancellationToken cancellation)
    {
        int room = model.Engine.Info.ContextLength - prompt.Length;
        Sequence sequence = new(prompt, new SamplingParams { Temperature = 0, MaxTokens = Math.Min(MaxReplyTokens, room) });
        _ = await ReplyWriter.RunAsync(model, sequence, null, cancellation);
        return new ScoredReply(sequence.Tokens.ToArray(), prompt.Length);
    }
}
