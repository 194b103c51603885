using AdaptiveServe.Lab.Benchmarks;
using AdaptiveServe.Lab.Calibration;
using AdaptiveServe.Lab.ChatTemplates;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Evaluation;
using AdaptiveServe.Lab.Evaluation.Routing;
using AdaptiveServe.Lab.Export;
using AdaptiveServe.Lab.Inspection;
using AdaptiveServe.Lab.Speculation;
using AdaptiveServe.Lab.Tokenization;
using AdaptiveServe.Lab.Training;

namespace AdaptiveServe.Lab;

/// <summary>The parts of the Lab, one verb each.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => RunAsync(args, Console.Out, Console.Error);

    /// <summary>Runs a verb; returns the exit code (<see cref="ExitCode"/>).</summary>
    public static Task<int> RunAsync(string[] args, TextWriter output, TextWriter error) => LabCommandLine.InvokeAsync(
        [
            TokenizeCommand.Create(),
            TemplateCommand.Create(),
            InspectCommand.Create(),
            BenchCommand.Create(),
            TrainCommand.Create(),
            DemoDataCommand.Create(),
            EvalCommand.Create(),
            ReplayCommand.Create(),
            RankLayersCommand.Create(),
            CompareRoutesCommand.Create(),
            CalibrateCommand.Create(),
            ExportCommand.Create(),
        ],
        args, output, error);
}
