using System.CommandLine;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Evaluation;
using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Lab.Files;
using AdaptiveServe.Torch;
using AdaptiveServe.Torch.Adaptive;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Calibration;

/// <summary>Measures what settings of the target <c>entropy</c> bring with a pair, and writes the curve that a server picks from.</summary>
internal static class CalibrateEntropyCommand
{
    public static Verb Create()
    {
        Verb verb = new("entropy", "Measures thresholds, windows and dwells of entropy switching, for requests that ask for a quality.",
            "calibrate entropy --model demo --suite demo --out models/demo/large");
        CalibrationArguments arguments = new(verb);
        verb.SetAction((parsed, cancellation) => RunAsync(arguments.Read(parsed), parsed.InvocationConfiguration, cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(CalibrationOptions options, InvocationConfiguration console, CancellationToken cancellation)
    {
        // All that can be wrong on the way in or out shows before a model is loaded.
        IReadOnlyList<EvaluationExample> examples = EvaluationSuite.Load(options.Suite, options.Limit, options.Seed, Difficulty.InRange);
        if (examples.Count < 2) throw new LabException("a calibration needs two examples or more: one to choose by, and another to measure");
        TorchRunnerOptions models = ModelFolders.Find(options.Model, options.SmallModel, options.Threads);
        string path = Path.Combine(options.Out, EntropyCalibration.FileName);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using OutputFile file = OutputFile.Create(path);

        using EvaluationModel model = EvaluationModel.Load(models, options.Concurrency);
        EntropyCalibration calibration = await new EntropyCalibrator(model, options, console.Error, cancellation).RunAsync(
            examples, ModelFingerprint.Of(models.Model, models.SmallModel));
        CalibrationTable.Write(calibration, console.Output);
        calibration.Write(file.Stream);
        file.Commit();
        return ExitCode.Success;
    }
}
