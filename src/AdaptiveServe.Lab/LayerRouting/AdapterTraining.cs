using System.CommandLine;
using System.Globalization;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Files;
using AdaptiveServe.Lab.LayerRouting.Training;
using AdaptiveServe.Lab.Speculation;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Routing;

namespace AdaptiveServe.Lab.LayerRouting;

/// <summary>Trains the adapter of a model for gates that lie in the folder of the outputs.</summary>
internal static class AdapterTraining
{
    private static readonly double[] ReportedBudgets = [1, 0.9, 0.8, 0.7];

    /// <summary>Whether the training was begun, and is to go on.</summary>
    /// <exception cref="LabException">Another one is in the way.</exception>
    public static bool IsBegun(TrainLayerRoutersOptions options) => options.LowRank > 0 && AdapterState.Exists(StatePath(options), Words(options));

    /// <param name="options">What the command line says.</param>
    /// <param name="learned">Texts to learn from.</param>
    /// <param name="held">Texts that are kept apart.</param>
    /// <param name="rowLength">Tokens that both are packed into.</param>
    /// <param name="console">For progress and report.</param>
    /// <param name="cancellation">Ends it; it may go on later.</param>
    /// <exception cref="LabException">There are no gates.</exception>
    public static async Task RunAsync(
        TrainLayerRoutersOptions options, IReadOnlyList<Answer> learned, IReadOnlyList<Answer> held, int rowLength, InvocationConfiguration console,
        CancellationToken cancellation)
    {
        ModelConfig config = ModelConfig.Load(options.Model);
        GateRouter gates = GateRouter.FindIn(options.Output, GateRouter.FileName, options.Model, config)
            ?? throw new LabException($"{Path.Combine(options.Output, GateRouter.FileName)}: is not there, and an adapter is trained for gates");
        AdapterOptions training = Training(options);
        string words = Words(options), state = StatePath(options);
        using AdapterTrainer trainer = new(options.Model, gates, learned, rowLength, training, options.Seed);
        double[] before = await Task.Run(() => Losses(trainer, held), cancellation);
        if (File.Exists(state)) AdapterState.Load(state, trainer);
        List<double> losses = await ProgressBar.RunAsync(console.Error, "adapter", (training.Epochs - trainer.Epoch) * trainer.StepsOfPass, onStep => Task.Run(() =>
        {
            List<double> of = [];
            while (trainer.Epoch < training.Epochs)
            {
                of.Add(trainer.Train(onStep, cancellation));
                AdapterState.Save(state, words, trainer);
            }

            return of;
        }, cancellation));
        double[] after = await Task.Run(() => Losses(trainer, held), cancellation);
        string folder = Path.Combine(options.Output, AdapterOutput.Folder);
        float[] quantiles = AdapterTrainer.Quantiles(held, trainer.Scores(held));
        AdapterOutput.Write(folder, options.Model, training.Rank, trainer.Weights, gates, quantiles);
        if (options.Merge is { } merged)
        {
            MergedModel.Write(options.Model, folder, merged);
            using OutputFile routers = RouterOutput.Create(merged, GateRouter.FileName);
            RouterOutput.Write(routers, gates.Tensors, quantiles, ModelFingerprint.Of(merged), "first");
            routers.Commit();
        }

        File.Delete(state);
        Report(console.Output, losses, before, after);
    }

    private static AdapterOptions Training(TrainLayerRoutersOptions options)
    {
        AdapterOptions defaults = new();
        return defaults with
        {
            Rank = options.LowRank,
            Epochs = options.AdapterEpochs ?? defaults.Epochs,
            LearningRate = options.AdapterRate ?? defaults.LearningRate,
        };
    }

    private static string StatePath(TrainLayerRoutersOptions options) => Path.Combine(options.Output, AdapterState.FileName);

    private static string Words(TrainLayerRoutersOptions options) => string.Create(
        CultureInfo.InvariantCulture, $"{ModelFingerprint.Of(options.Model)} {options.Suite} {options.Count} {options.Seed} {Training(options)}");

    private static double[] Losses(AdapterTrainer trainer, IReadOnlyList<Answer> texts)
    {
        float[][] scores = trainer.Scores(texts);
        ScoreQuantiles quantiles = new(AdapterTrainer.Quantiles(texts, scores));
        return [.. ReportedBudgets.Select(budget => trainer.Loss(texts, [.. scores.Select(of => GateRouter.Route(of, quantiles.Threshold(budget)))]))];
    }

    private static void Report(TextWriter output, IReadOnlyList<double> losses, double[] before, double[] after)
    {
        Line($"adapter   {string.Join(", ", losses.Select(loss => loss.ToString("0.0000", CultureInfo.InvariantCulture)))} nats in each pass");
        for (int i = 0; i < ReportedBudgets.Length; i++)
            Line($"budget {ReportedBudgets[i]:0.0} {before[i]:0.0000} nats a token without the adapter, {after[i]:0.0000} with it, on prompts kept apart");

        void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
    }
}
