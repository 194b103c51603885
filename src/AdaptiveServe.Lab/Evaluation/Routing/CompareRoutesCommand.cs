using System.CommandLine;
using System.Text;
using System.Text.Json;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Evaluation.Results;
using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Lab.Files;
using AdaptiveServe.Torch;

namespace AdaptiveServe.Lab.Evaluation.Routing;

/// <summary>Lets a model answer a suite along the routes of several routers at several budgets, and compares each with the whole model.</summary>
internal static class CompareRoutesCommand
{
    public static Verb Create()
    {
        Verb verb = new("compare-routes", "Compares ways to leave layers out: accuracy, layers run and speed, as a table and a plot.",
            "compare-routes --model demo --suite demo --limit 1000 --router static --router random --budget 0.9 --budget 0.8 --out routes");
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
        using EvaluationModel model = EvaluationModel.Load(
            new TorchRunnerOptions { Model = ModelFolders.Find(options.Model, null, 0).Model, Threads = options.Threads }, options.Concurrency);

        int runs = 1 + options.Routers.Count * options.Budgets.Count;
        IReadOnlyList<RoutePoint> points = await ProgressBar.RunAsync(console.Error, "replies", runs * examples.Count, onDone =>
            CompareAsync(model, examples, options, onDone, cancellation));
        RouteTable.Write(points, console.Output);
        JsonSerializer.Serialize(
            json.Stream, new RouteReport(options.Model, options.Suite, options.Seed, options.Concurrency, points), LabJson.Report);
        plot.Stream.Write(Encoding.UTF8.GetBytes(RoutePlot.Draw(points)));
        json.Commit();
        plot.Commit();
        return ExitCode.Success;
    }

    private static async Task<IReadOnlyList<RoutePoint>> CompareAsync(
        EvaluationModel model, IReadOnlyList<EvaluationExample> examples, CompareRoutesOptions options, Action onDone, CancellationToken cancellation)
    {
        EvaluationResult whole = await EvaluateAsync(new AdaptiveChoice());
        List<RoutePoint> points = [RoutePoint.Of("large", 1, whole, whole)];
        foreach (string router in options.Routers)
        {
            foreach (double budget in options.Budgets)
            {
                RoutingOptions routing = new() { Router = router, Budget = budget };
                points.Add(RoutePoint.Of(router, budget, await EvaluateAsync(new AdaptiveChoice { Target = "routed", Routing = routing }), whole));
            }
        }

        return points;

        Task<EvaluationResult> EvaluateAsync(AdaptiveChoice choice) => Evaluator.RunAsync(
            model, examples, new EvaluationOptions { Adaptive = choice, Seed = options.Seed }, onDone, cancellation);
    }
}
