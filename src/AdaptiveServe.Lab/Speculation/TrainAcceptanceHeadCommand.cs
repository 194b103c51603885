using System.CommandLine;
using System.Globalization;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Evaluation;
using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Lab.Files;
using AdaptiveServe.Torch;
using AdaptiveServe.Torch.Adaptive;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Native;
using AdaptiveServe.Torch.Saving;
using TorchSharp;

namespace AdaptiveServe.Lab.Speculation;

/// <summary>Trains the head that says when a draft ends, for a pair of models.</summary>
internal static class TrainAcceptanceHeadCommand
{
    private const int DefaultCount = 3000, HeldEvery = 10, Concurrency = 64;

    public static Verb Create()
    {
        Option<string> model = new("--model") { Description = "Folder of the large model, or 'demo' for the pair that is shipped.", HelpName = "DIR", Required = true };
        Option<string?> small = new("--small-model") { Description = "Folder of the small model.", HelpName = "DIR" };
        Option<string> prompts = new("--prompts") { Description = "demo, or a file of prompts as eval's suites have them.", HelpName = "demo|JSONL", Required = true };
        Option<string> output = new("--out") { Description = "Where adaptive/acceptance-head.safetensors comes; the server looks for it in the large model's folder.", HelpName = "DIR", Required = true };
        Option<string?> plot = new("--plot") { Description = "Draw the reliability of the head here.", HelpName = "SVG" };
        Option<bool> released = new("--as-released") { Description = "Blocks with the same weights, asked one token late: as the paper's code does, and not its text." };
        NumberOption<int> count = new("--count", "Prompts at most; by default 3000.", 20, 100_000);
        NumberOption<float> temperature = new("--temperature", "Of the answers that the head learns from; by default 0. A head is good for drafts at about its temperature.", 0, 100);
        NumberOption<int> blocks = new("--blocks", "Residual blocks; by default 3.", 1, 16);
        NumberOption<int> epochs = new("--epochs", "Passes over the answers; by default 3.", 1, 100);
        NumberOption<int> seed = new("--seed", "By default 1.", 0, int.MaxValue);
        Verb verb = new("acceptance-head", "Trains the head that ends drafts where the large model would refuse (SpecDec++).",
            "train acceptance-head --model demo --prompts demo --out models/demo/large")
        { model, small, prompts, output, plot, released, count, temperature, blocks, epochs, seed };
        verb.SetAction(async (parsed, cancellation) =>
        {
            (string Large, string Small) pair = ModelFolders.FindPair(parsed.GetRequiredValue(model), parsed.GetValue(small));
            bool asReleased = parsed.GetValue(released);
            AcceptanceHeadOptions defaults = new(), options = defaults with
            {
                ShareBlocks = asReleased,
                ScoresLast = asReleased,
                Blocks = parsed.GetValue(blocks) ?? defaults.Blocks,
                Epochs = parsed.GetValue(epochs) ?? defaults.Epochs,
            };
            IReadOnlyList<EvaluationExample> examples = Load(parsed.GetRequiredValue(prompts), parsed.GetValue(count) ?? DefaultCount, parsed.GetValue(seed) ?? 1);
            string folder = Path.Combine(parsed.GetRequiredValue(output), Path.GetDirectoryName(AcceptanceHead.FileName)!);
            Directory.CreateDirectory(folder);
            using OutputFile file = OutputFile.Create(Path.Combine(folder, Path.GetFileName(AcceptanceHead.FileName)));
            EvaluationOptions answers = new() { Temperature = parsed.GetValue(temperature) ?? 0, Seed = parsed.GetValue(seed) ?? 1 };
            AcceptanceHeadReport report = await RunAsync(pair, examples, options, answers, file, parsed.InvocationConfiguration.Error, cancellation);
            file.Commit();
            report.Write(parsed.InvocationConfiguration.Output);
            if (parsed.GetValue(plot) is { } picture) report.Plot(picture);
            return ExitCode.Success;
        });
        return verb;
    }

    /// <summary>Of the demo suite those that training shows: what evaluation asks stays unseen.</summary>
    private static IReadOnlyList<EvaluationExample> Load(string prompts, int count, int seed) => prompts == EvaluationSuite.Demo
        ? [.. DemoExamples.Training(seed).Take(count).Select(EvaluationExample.Of)]
        : EvaluationSuite.Load(prompts, count, seed, Difficulty.InRange);

    private static async Task<AcceptanceHeadReport> RunAsync(
        (string Large, string Small) pair, IReadOnlyList<EvaluationExample> examples, AcceptanceHeadOptions options, EvaluationOptions evaluation, OutputFile file,
        TextWriter error, CancellationToken cancellation)
    {
        IReadOnlyList<Answer> answers = await AnswersAsync(pair, examples, evaluation, error, cancellation);
        NativeTorch.Load();
        using DrafterPass drafter = new(pair.Small);
        Answer[] usable = [.. answers.Where(answer => answer.Tokens.Length <= drafter.MaxLength && answer.Count > 0)];
        if (usable.Length < HeldEvery) throw new LabException($"only {usable.Length} answers are no longer than {drafter.MaxLength} tokens; {HeldEvery} are needed");
        AcceptanceExamples learned = Examples(usable.Where((_, i) => i % HeldEvery != 0)), held = Examples(usable.Where((_, i) => i % HeldEvery == 0));
        using AcceptanceHeadTrainer trainer = new(drafter.HiddenSize, options, evaluation.Seed);
        int shown = 0;
        IReadOnlyList<double> losses = await ProgressBar.RunAsync(error, "training", 100, onDone => Task.Run(() => trainer.Train(learned, held, evaluation.Seed, progress =>
        {
            for (; shown < (int)(100 * progress); shown++) onDone();
        }, cancellation)));
        Dictionary<string, string> metadata = new()
        {
            [AcceptanceHead.Pair] = ModelFingerprint.Of(pair.Large, pair.Small),
            [AcceptanceHead.Blocks] = options.Blocks.ToString(CultureInfo.InvariantCulture),
            [AcceptanceHead.ShareBlocks] = options.ShareBlocks ? "true" : "false",
            [AcceptanceHead.Scores] = options.ScoresLast ? "last" : "next",
            [AcceptanceHead.Temperature] = evaluation.Temperature.ToString(CultureInfo.InvariantCulture),
        };
        using (var scope = torch.NewDisposeScope()) SafetensorsWriter.Write(file.Stream, trainer.Tensors(), metadata);
        float[] confidence = [.. Enumerable.Range(1, held.Labels.Length).Select(i => MathF.Exp(held.States[i * held.Width - 1]))];
        return new AcceptanceHeadReport(
            learned.Labels.Length, held.Labels.Length, held.Labels.Average(), losses,
            Reliability.Of(trainer.Predict(held), held.Labels), Reliability.Of(confidence, held.Labels));

        AcceptanceExamples Examples(IEnumerable<Answer> some) =>
            AcceptanceExamples.Of(drafter, [.. some], options.Mixing, options.ScoresLast, evaluation.Seed);
    }

    private static async Task<IReadOnlyList<Answer>> AnswersAsync(
        (string Large, string Small) pair, IReadOnlyList<EvaluationExample> examples, EvaluationOptions evaluation, TextWriter error, CancellationToken cancellation)
    {
        using EvaluationModel model = EvaluationModel.Load(new TorchRunnerOptions { Model = pair.Large }, Concurrency);
        return await ProgressBar.RunAsync(error, "answers", examples.Count, onDone =>
            AnswerSource.RunAsync(model, examples, evaluation, onDone, cancellation));
    }
}
