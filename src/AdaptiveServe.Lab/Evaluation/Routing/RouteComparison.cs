using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;
using AdaptiveServe.Lab.Evaluation.Results;
using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Lab.LayerRouting.Search;

namespace AdaptiveServe.Lab.Evaluation.Routing;

/// <summary>Lets a model answer a suite with all its layers, and then along the routes of each router at each budget.</summary>
/// <param name="model">Whose layers; it must know <paramref name="reference"/>.</param>
/// <param name="reference">Drafts replies that are known.</param>
/// <param name="examples">The suite.</param>
/// <param name="options">What is compared.</param>
/// <param name="known">Shortest correct paths, for an oracle; null leaves it out.</param>
internal sealed class RouteComparison(
    EvaluationModel model, ReferenceStrategy reference, IReadOnlyList<EvaluationExample> examples, CompareRoutesOptions options,
    LabelFile? known)
{
    // Of the whole model and of each router: first seconds also pay for compilation, and for memory that is touched for the first time.
    private const int WarmUp = 500;

    // Of a turn: what is slow at its ends, when batches fill and empty, must be little.
    private const int LeastExamples = 25, LeastBatches = 8;

    /// <summary>Replies that there will be.</summary>
    public int Replies => (1 + options.Routers.Count) * WarmUpExamples.Count
        + (1 + options.Routers.Count * options.Budgets.Count + (known is not null ? 2 : 0)) * examples.Count;

    private IReadOnlyList<EvaluationExample> WarmUpExamples =>
        options.IsTimed ? [.. Enumerable.Range(0, Math.Min(WarmUp, 10 * examples.Count)).Select(i => examples[i % examples.Count])] : [];

    /// <returns>The whole model first; the oracle last.</returns>
    public async Task<IReadOnlyList<RoutePoint>> RunAsync(Action onDone, CancellationToken cancellation)
    {
        EvaluationOptions plain = new() { Seed = options.Seed, KeepTokens = !options.IsTimed };
        (string Router, double Budget)[] rows = [.. options.Routers.SelectMany(router => options.Budgets.Select(budget => (router, budget)))];
        IEnumerable<RoutingOptions> routes = rows.Select(row => Routing(row.Router, row.Budget));
        EvaluationResult whole;
        EvaluationResult[] results;
        ExpectedReplies? expected = null;
        if (options.IsTimed)
        {
            await WarmUpAsync(plain, onDone, cancellation);
            EvaluationOptions[] ways = [plain, .. routes.Select(routing => plain with { Adaptive = Along(routing) })];
            EvaluationResult[] all = await InTurnsAsync(ways, onDone, cancellation);
            (whole, results) = (all[0], all[1..]);
        }
        else
        {
            whole = await Evaluator.RunAsync(model, examples, plain, onDone, cancellation);
            expected = new ExpectedReplies(reference, [.. whole.Examples.Select(example => example.Tokens.Select(token => token.Id).ToArray())]);
            results = new EvaluationResult[rows.Length];
            foreach ((int row, RoutingOptions routing) in routes.Index()) results[row] = await EvaluateAsync(routing, null);
        }

        List<RoutePoint> points = [Point("large", 1, whole), .. rows.Zip(results, (row, result) => Point(row.Router, row.Budget, result))];
        if (known is not null) points.Add(await OracleAsync());
        return points;

        RoutePoint Point(string router, double budget, EvaluationResult result) => RoutePoint.Of(router, budget, result, whole, options.IsTimed);

        Task<EvaluationResult> EvaluateAsync(RoutingOptions routing, IReadOnlyList<IReadOnlyList<int>>? paths) => Evaluator.RunAsync(
            model, examples, new EvaluationOptions
            {
                Adaptive = Along(routing),
                Seed = options.Seed,
                Expected = expected,
                Paths = paths,
            }, onDone, cancellation);

        async Task<RoutePoint> OracleAsync()
        {
            IReadOnlyList<int> all = LayerRoute.Plain(model.Engine.Info.LargeLayers).Layers;
            LabelSearch search = new(model, reference, new PathTreeOptions(), options.Seed);
            PathLabel[] labels = await search.RunAsync(examples, known!, onDone, cancellation);
            IReadOnlyList<int>[] paths = [.. labels.Select(label => label.Paths is [var first, ..] ? first : all)];
            double share = paths.Average(path => (double)path.Count) / all.Count;
            return Point("oracle", share, await EvaluateAsync(new RoutingOptions { Prompt = RoutingOptions.WholePrompt }, paths));
        }
    }

    private async Task WarmUpAsync(EvaluationOptions plain, Action onDone, CancellationToken cancellation)
    {
        _ = await Evaluator.RunAsync(model, WarmUpExamples, plain, onDone, cancellation);
        foreach (string router in options.Routers)
        {
            EvaluationOptions routed = plain with { Adaptive = Along(Routing(router, options.Budgets[^1])) };
            _ = await Evaluator.RunAsync(model, WarmUpExamples, routed, onDone, cancellation);
        }
    }

    /// <summary>Some examples in each way, then the next ones: what a machine has to give changes from minute to minute.</summary>
    private async Task<EvaluationResult[]> InTurnsAsync(EvaluationOptions[] ways, Action onDone, CancellationToken cancellation)
    {
        List<EvaluationResult>[] parts = [.. ways.Select(_ => new List<EvaluationResult>())];
        foreach (EvaluationExample[] some in examples.Chunk(Math.Max(LeastExamples, LeastBatches * options.Concurrency)))
            for (int i = 0; i < parts.Length; i++) parts[i].Add(await Evaluator.RunAsync(model, some, ways[i], onDone, cancellation));
        return [.. parts.Select(of => new EvaluationResult(
            [.. of.SelectMany(part => part.Examples)], TimeSpan.FromSeconds(of.Sum(part => part.Seconds)), model.Engine.Info.LargeLayers))];
    }

    private RoutingOptions Routing(string router, double budget) => new() { Router = router, Budget = budget, Prompt = options.Prompt };

    private static AdaptiveChoice Along(RoutingOptions routing) => new() { Target = "routed", Routing = routing };
}
