using System.CommandLine;
using System.Text;
using System.Text.Json;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Lab.Files;
using AdaptiveServe.Lab.LayerRouting.Search;
using AdaptiveServe.Torch;

namespace AdaptiveServe.Lab.Evaluation.Routing;

/// <summary>Lets a model answer a suite along the routes of several routers at several budgets, and compares each with the whole model.</summary>
internal static class CompareRoutesCommand
{
    public static Verb Create()
    {
        Verb verb = new("compare-routes", "Compares ways to leave layers out: accuracy, layers run and speed, as a table and a plot.",
            "compare-routes --model demo --suite demo --limit 1000 --router static --router learned --budget 0.9 --budget 0.8 --out routes");
        CompareRoutesArguments arguments = new(verb);
        verb.SetAction((parsed, cancellation) => RunAsync(arguments.Read(parsed), parsed.InvocationConfiguration, cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(CompareRoutesOptions options, InvocationConfiguration console, CancellationToken cancellation)
    {
        IReadOnlyList<EvaluationExample> examples = EvaluationSuite.Load(options.Suite, options.Limit, options.Seed, Difficulty.InRange);
        Directory.CreateDirectory(options.Output);
        using OutputFile json = OutputFile.Create(Path.Combine(options.Output, "routes.json"));
        using OutputFile plot = OutputFile.Create(Path.Combine(options.Output, "routes.svg"));
        ReferenceStrategy reference = new();
        using EvaluationModel model = EvaluationModel.Load(
            new TorchRunnerOptions { Model = ModelFolders.Find(options.Model, null, 0).Model, Adapter = options.Adapter, Threads = options.Threads },
            options.Concurrency, StrategyRegistry.BuiltIn.With(reference));
        if (options.Routers.Count == 0) options = options with { Routers = ["static", "random", .. model.Engine.Info.PromptRouters] };
        RouteComparison comparison = new(model, reference, examples, options);
        IReadOnlyList<RoutePoint> points = await ProgressBar.RunAsync(console.Error, "replies", comparison.Replies, onDone =>
            comparison.RunAsync(onDone, cancellation));
        RouteTable.Write(points, console.Output);
        JsonSerializer.Serialize(
            json.Stream, new RouteReport(options.Model, options.Adapter, options.Suite, options.Seed, options.Concurrency, options.Prompt, points), LabJson.Report);
        plot.Stream.Write(Encoding.UTF8.GetBytes(RoutePlot.Draw(points)));
        json.Commit();
        plot.Commit();
        return ExitCode.Success;
    }
}
