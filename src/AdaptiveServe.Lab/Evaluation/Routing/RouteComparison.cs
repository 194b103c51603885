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
    private const int WarmUp = 64; // the first forwards also pay for compilation and for memory that is touched for the first time

    /// <summary>Replies that there will be.</summary>
    public int Replies => WarmUpExamples.Count + (1 + options.Routers.Count * options.Budgets.Count + (known is not null ? 2 : 0)) * examples.Count;

    private IReadOnlyList<EvaluationExample> WarmUpExamples => [.. examples.Take(options.IsTimed ? WarmUp : 0)];

    /// <returns>The whole model first; the oracle last.</returns>
    public async Task<IReadOnlyList<RoutePoint>> RunAsync(Action onDone, CancellationToken cancellation)
    {
        EvaluationOptions plain = new() { Seed = options.Seed, KeepTokens = !options.IsTimed };
        if (WarmUpExamples.Count > 0) _ = await Evaluator.RunAsync(model, WarmUpExamples, plain, onDone, cancellation);
        EvaluationResult whole = await Evaluator.RunAsync(model, examples, plain, onDone, cancellation);
        ExpectedReplies? expected = options.IsTimed
            ? null
            : new ExpectedReplies(reference, [.. whole.Examples.Select(example => example.Tokens.Select(token => token.Id).ToArray())]);
        List<RoutePoint> points = [Point("large", 1, whole)];
        foreach (string router in options.Routers)
        {
            foreach (double budget in options.Budgets)
            {
                RoutingOptions routing = new() { Router = router, Budget = budget, Prompt = options.Prompt };
                points.Add(Point(router, budget, await EvaluateAsync(routing, null)));
            }
        }

        if (known is not null) points.Add(await OracleAsync());
        return points;

        RoutePoint Point(string router, double budget, EvaluationResult result) => RoutePoint.Of(router, budget, result, whole, options.IsTimed);

        Task<EvaluationResult> EvaluateAsync(RoutingOptions routing, IReadOnlyList<IReadOnlyList<int>>? paths) => Evaluator.RunAsync(
            model, examples, new EvaluationOptions
            {
                Adaptive = new AdaptiveChoice { Target = "routed", Routing = routing },
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
}
