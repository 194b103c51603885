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

/// <summary>Lets a model reply to prompts and trains gates on the replies (FiRST).</summary>
internal static class GateTraining
{
    private const int Concurrency = 64, HeldEvery = 5;

    /// <exception cref="LabException">The model cannot reply, or no reply is of use.</exception>
    public static async Task RunAsync(TrainLayerRoutersOptions options, InvocationConfiguration console, CancellationToken cancellation)
    {
        string fingerprint = ModelFingerprint.Of(options.Model);
        IReadOnlyList<EvaluationExample> examples = SearchExamples.Load(options.Suite, options.Count, options.Seed);
        using OutputFile file = RouterOutput.Create(options.Output, GateRouter.FileName);
        IReadOnlyList<Answer> texts = await RepliesAsync(options, examples, console, cancellation);
        GateOptions defaults = new(), training = defaults with { Epochs = options.Epochs ?? defaults.Epochs, Penalty = options.Penalty ?? defaults.Penalty };
        using GateTrainer trainer = new(options.Model, [.. texts.Where((_, i) => i % HeldEvery != 0)], training);
        IReadOnlyList<double> losses = await ProgressBar.RunAsync(console.Error, "training", trainer.Steps, onDone =>
            Task.Run(() => trainer.Train(options.Seed, onDone, cancellation), cancellation));
        Answer[] held = [.. texts.Where((text, i) => i % HeldEvery == 0 && text.Count > 0 && text.Tokens.Length <= trainer.MaxLength)];
        float[][] gates = trainer.Predict(held);
        IEnumerable<(float, double)> scores = gates.Zip(held).SelectMany(pair => GateRouter.Scores(pair.First).Select(score => (score, (double)pair.Second.Count)));
        RouterOutput.Write(file, trainer.Tensors, ScoreQuantiles.Of(scores), fingerprint, "first");
        file.Commit();
        Report(console.Output, trainer.Texts.Count, losses, gates);
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
