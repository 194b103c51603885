using System.CommandLine;
using System.Globalization;
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

/// <summary>Lets a model reply to prompts and trains gates, then an adapter, on the replies (FiRST).</summary>
internal static class GateTraining
{
    private const int Concurrency = 64, HeldEvery = 5, MaxRowLength = 512, RowUnit = 64;

    /// <exception cref="LabException">The model cannot reply, no reply is of use, or another training is in the way.</exception>
    public static async Task RunAsync(TrainLayerRoutersOptions options, InvocationConfiguration console, CancellationToken cancellation)
    {
        if (options.Merge is { } merged) MergedModel.RequireEmpty(merged);
        IReadOnlyList<EvaluationExample> examples = SearchExamples.Load(options.Suite, options.Count, options.Seed);
        bool isTrained = AdapterTraining.IsBegun(options) || options.KeepsGates;
        using OutputFile? file = isTrained ? null : RouterOutput.Create(options.Output, GateRouter.FileName);
        IReadOnlyList<Answer> replies = await RepliesAsync(options, examples, console, cancellation);
        int length = Math.Min(ModelConfig.Load(options.Model).MaxPositions, MaxRowLength);
        Answer[] texts = [.. replies.Where(text => text.Tokens.Length <= length && text.Count > 0)];
        Answer[] learned = [.. texts.Where((_, i) => i % HeldEvery != 0)], held = [.. texts.Where((_, i) => i % HeldEvery == 0)];
        if (learned.Length == 0) throw new LabException($"of the replies, no two are with their prompts as short as {length} tokens");
        int rowLength = Math.Min(length, (texts.Max(text => text.Tokens.Length) + RowUnit - 1) / RowUnit * RowUnit); // attention pays for a whole row
        if (file is not null) await TrainGatesAsync(options, file, learned, held, rowLength, console, cancellation);
        if (options.LowRank > 0) await AdapterTraining.RunAsync(options, learned, held, rowLength, console, cancellation);
    }

    private static async Task TrainGatesAsync(
        TrainLayerRoutersOptions options, OutputFile file, Answer[] learned, Answer[] held, int rowLength, InvocationConfiguration console,
        CancellationToken cancellation)
    {
        GateOptions defaults = new(), training = defaults with { Epochs = options.Epochs ?? defaults.Epochs, Penalty = options.Penalty ?? defaults.Penalty };
        using GateTrainer trainer = new(options.Model, learned, rowLength, training);
        IReadOnlyList<double> losses = await ProgressBar.RunAsync(console.Error, "training", trainer.Steps, onDone =>
            Task.Run(() => trainer.Train(options.Seed, onDone, cancellation), cancellation));
        float[][] gates = trainer.Predict(held);
        float[] quantiles = AdapterTrainer.Quantiles(held, [.. gates.Select(GateRouter.Scores)]);
        RouterOutput.Write(file, trainer.Tensors, quantiles, ModelFingerprint.Of(options.Model), "first");
        file.Commit();
        Report(console.Output, learned.Length, losses, gates);
    }

    private static async Task<IReadOnlyList<Answer>> RepliesAsync(
        TrainLayerRoutersOptions options, IReadOnlyList<EvaluationExample> examples, InvocationConfiguration console, CancellationToken cancellation)
    {
        using EvaluationModel model = EvaluationModel.Load(new TorchRunnerOptions { Model = options.Model, Threads = options.Threads }, Concurrency);
        return await ProgressBar.RunAsync(console.Error, "replies", examples.Count, onDone =>
            AnswerSource.RunAsync(model, examples, new EvaluationOptions { Seed = options.Seed }, onDone, cancellation));
    }

    private static void Report(TextWriter output, int texts, IReadOnlyList<double> losses, float[][] gates)
    {
        Line($"texts     {texts}, and {gates.Length} prompts kept apart");
        Line($"loss      {string.Join(", ", losses.Select(loss => loss.ToString("0.0000", CultureInfo.InvariantCulture)))} nats in each pass, behind gated layers");
        for (int layer = 0; layer < gates[0].Length; layer++)
        {
            float[] open = [.. gates.Select(prompt => prompt[layer]).Order()];
            Line($"layer {layer,3} {open.Average():0.00} open, from {open[open.Length / 20]:0.00} to {open[open.Length - 1 - open.Length / 20]:0.00} in nine prompts of ten");
        }

        void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
    }
}
