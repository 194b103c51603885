using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Engine.Tests.Strategies.Targets.LayerRouting;

public class RoutedStrategyTests
{
    private static readonly ModelInfo Info = FakeModelRunner.TinyInfo() with { LargeLayers = 10, LargeRepeats = 1, LayerRanking = [7, 2, 5, 4, 3, 6, 8, 1, 9, 0] };

    [Theory]
    [InlineData(0.85, new[] { 0, 1, 2, 3, 4, 5, 6, 8, 9 })]
    [InlineData(0.7, new[] { 0, 1, 3, 4, 6, 8, 9 })]
    [InlineData(0.01, new[] { 0 })]
    [InlineData(1.0, new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 })]
    public void ChooseRoute_Static_LeavesOutTheFirstOfTheRanking(double budget, int[] layers) =>
        Assert.Equal(layers, Choose(new RoutingOptions { Budget = budget })!.Layers);

    [Fact]
    public void ChooseRoute_StaticWithoutRanking_IsRefused()
    {
        ModelInfo unknown = Info with { LayerRanking = [] };
        Assert.Contains("layer-ranking", Assert.Throws<ArgumentException>(() => Choose(new RoutingOptions(), unknown)).Message, StringComparison.Ordinal);
        Assert.True(Choose(new RoutingOptions { Budget = 1 }, unknown)!.IsPlain);
    }

    [Fact]
    public void ChooseRoute_Random_FollowsTheSeedAndTheBudget()
    {
        var options = new RoutingOptions { Router = "random", Budget = 0.6 };
        LayerRoute[] routes = [.. Enumerable.Range(0, 200).Select(seed => Choose(options, seed: (ulong)seed)!)];
        Assert.All(routes, route => Assert.Equal((6, 0), (route.Executed, route.Repeated)));
        Assert.Equal(routes[5], Choose(options, seed: 5));
        for (int layer = 0; layer < 10; layer++) Assert.InRange(routes.Count(route => route.Runs(layer)), 90, 150); // 120 of 200 expected
    }

    [Fact]
    public void ChooseRoute_Layers_AreTheRoute()
    {
        Assert.Equal([0, 3, 3, 9], Choose(new RoutingOptions { Layers = [0, 3, 3, 9] })!.Layers);
        Assert.Throws<ArgumentException>(() => Choose(new RoutingOptions { Layers = [0, 0, 1, 1] }));
    }

    [Theory, InlineData("learned"), InlineData("first"), InlineData("lac")]
    public void ChooseRoute_RouterThatReadsThePrompt_ComesLaterOrIsRefused(string router)
    {
        var options = new RoutingOptions { Router = router };
        var sequence = new Sequence([1], new SamplingParams()) { Target = "routed", Routing = options };
        Assert.Contains($"'{router}'", Assert.Throws<ArgumentException>(() => Choose(options)).Message, StringComparison.Ordinal);
        Assert.Null(Choose(options, Info with { PromptRouters = [router] }));
        Assert.True(new RoutedStrategy().ReadsPrompt(sequence));
        Assert.Equal([3], Choose(options with { Layers = [3] })!.Layers); // layers that are given ask no router
    }

    /// <summary>Behind the prompt where the router reads it, or the request says so; never where a layer runs twice.</summary>
    [Theory]
    [InlineData("learned", null, 1, 3), InlineData("learned", "routed", 1, 0), InlineData("learned", null, 2, 0)]
    [InlineData("static", null, 1, 0), InlineData("static", "whole", 1, 3), InlineData("static", "whole", 2, 0)]
    public void SetRoute_Start_FollowsRouterAndRequest(string router, string? prompt, int passes, int start)
    {
        var sequence = new Sequence([1, 2, 3], new SamplingParams()) { Routing = new RoutingOptions { Router = router, Prompt = prompt } };
        sequence.SetRoute(new LayerRoute([.. Enumerable.Repeat(4, passes)], modelLayers: 10, maxRepeats: 1));
        Assert.Equal((start, start > 0 ? 6L : 7L), (sequence.RouteStart, sequence.CountRouted(7)));
        sequence.SetRoute(LayerRoute.Plain(10));
        Assert.Equal((0, 0L, null), (sequence.RouteStart, sequence.CountRouted(7), sequence.Route));
    }

    [Fact]
    public void ChooseRoute_UnknownPrompt_IsRefused() => Assert.Throws<ArgumentException>(() => Choose(new RoutingOptions { Prompt = "half" }));

    [Theory]
    [InlineData(0.0, "static")]
    [InlineData(1.01, "static")]
    [InlineData(double.NaN, "static")]
    [InlineData(0.5, "nobody")]
    public void ChooseRoute_OptionsOutOfRange_AreRefused(double budget, string router) =>
        Assert.Throws<ArgumentException>(() => Choose(new RoutingOptions { Budget = budget, Router = router }));

    private static LayerRoute? Choose(RoutingOptions options, ModelInfo? info = null, ulong seed = 0) => new RoutedStrategy().ChooseRoute(
        new Sequence([1], new SamplingParams { Seed = seed }) { Target = "routed", Routing = options }, info ?? Info);
}
