using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;
using AdaptiveServe.Torch.Routing;

namespace AdaptiveServe.Torch.Tests.Routing;

/// <summary>What routers make of states that are given to them.</summary>
public class RouterReadingTests
{
    private const int Hidden = 4, Layers = 3;

    private static readonly ScoreQuantiles Flat = new(new float[ScoreQuantiles.Count]);

    /// <summary>Eight windows of equal length over the first tokens, and as many as there are tokens for a shorter prompt.</summary>
    [Theory, InlineData(19, 8, 2), InlineData(8, 8, 1), InlineData(3, 3, 1), InlineData(40, 8, 5)]
    public void Windows_AnyChunks_AreMeans(int length, int count, int tokensEach)
    {
        float[] states = States(length, seed: 3);
        foreach (int chunk in new[] { 1, 3, length })
        {
            PromptWindows windows = new(length, depths: 1, Hidden);
            for (int at = 0; at < length; at += chunk) windows.Add(0, at, Slice(states, at, Math.Min(chunk, length - at)));
            Assert.Equal(count, windows.Count);
            float[] mean = new float[Hidden];
            for (int window = 0; window < count; window++)
            {
                windows.Mean(0, window, mean);
                for (int i = 0; i < Hidden; i++)
                    Assert.Equal(Enumerable.Range(0, tokensEach).Average(token => states[(window * tokensEach + token) * Hidden + i]), mean[i], 1e-5);
            }
        }
    }

    /// <summary>The logits are the mean over the windows of linear, GELU, linear.</summary>
    [Fact]
    public void Bottleneck_Scores_AreThoseOfTheDefinition()
    {
        Random random = new(4);
        BottleneckNetwork network = new(Any(128 * Hidden), Any(128), Any(3 * 128), Any(3));
        BottleneckRouter router = new([network], Flat, Hidden);
        float[] states = States(5, seed: 6);
        IPromptReading reading = router.Begin(5);
        reading.Observe(0, 0, states);
        reading.Observe(1, 0, states);
        double[] logits = new double[3];
        foreach (float[] state in states.Chunk(Hidden))
        {
            double[] inner = [.. Enumerable.Range(0, 128).Select(i => Gelu(state.Select((x, j) => (double)x * network.Down[i * Hidden + j]).Sum() + network.DownBias[i]))];
            for (int i = 0; i < 3; i++) logits[i] += (inner.Select((x, j) => x * network.Up[i * 128 + j]).Sum() + network.UpBias[i]) / 5;
        }

        Assert.Equal(logits[0] - Math.Max(logits[1], logits[2]), Assert.Single(reading.Decide(new RoutingOptions(), 0).Scores), 1e-4);

        float[] Any(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
        static double Gelu(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    }

    [Fact]
    public void Bottleneck_Decisions_FollowTheClassesAndTheSlots()
    {
        float[][] logits = [[0, 1, 2], [2, 1, 0], [0, 2, 3]]; // twice, skip, twice
        BottleneckRouter router = new([.. logits.Select(bias => new BottleneckNetwork(new float[128 * Hidden], new float[128], new float[3 * 128], bias))], Flat, Hidden);
        Assert.Equal([0, 0, 2, 2], Decide(router, 0.9, maxRepeats: 2));
        Assert.Equal([0, 0, 2], Decide(router, 0.9, maxRepeats: 1));
        Assert.Equal([0, 1, 2], Decide(router, 1, maxRepeats: 0)); // a budget of all layers leaves none out
    }

    [Fact]
    public void Bottleneck_AllLayersToSkip_KeepsTheLeastCertain()
    {
        float[][] logits = [[9, 0, 0], [3, 0, 0], [5, 0, 0]];
        BottleneckRouter router = new([.. logits.Select(bias => new BottleneckNetwork(new float[128 * Hidden], new float[128], new float[3 * 128], bias))], Flat, Hidden);
        Assert.Equal([1], Decide(router, 0.5, maxRepeats: 0));
    }

    /// <summary>sigmoid(w x + b), the mean over the tokens; how far that is below the mean of the gates is compared with the budget's quantile.</summary>
    [Fact]
    public void Gate_Scores_AreMeansOverTheTokens()
    {
        float[] weights = [.. Enumerable.Range(0, Layers * Hidden).Select(i => i % 5 - 2f)], biases = [0, 1, -1];
        GateRouter router = new(weights, biases, new ScoreQuantiles([.. Enumerable.Range(0, ScoreQuantiles.Count).Select(i => (i - 500) / 1000f)]));
        float[] states = States(7, seed: 8);
        double[] gates = [.. Enumerable.Range(0, Layers).Select(layer => states.Chunk(Hidden)
            .Average(state => 1 / (1 + Math.Exp(-state.Select((x, i) => x * weights[layer * Hidden + i]).Sum() - biases[layer]))))];
        double[] expected = [.. gates.Select(gate => gates.Average() - gate)];
        foreach (int chunk in new[] { 2, 7 })
        {
            IPromptReading reading = router.Begin(7);
            for (int at = 0; at < 7; at += chunk)
                for (int depth = 0; depth <= Layers; depth++) reading.Observe(depth, at, Slice(states, at, Math.Min(chunk, 7 - at)));
            RouteChoice choice = reading.Decide(new RoutingOptions { Budget = 0.5 }, 0);
            for (int layer = 0; layer < Layers; layer++) Assert.Equal(expected[layer], choice.Scores[layer], 1e-5);
            Assert.Equal(Enumerable.Range(0, Layers).Where(layer => expected[layer] <= 0), choice.Route.Layers);
            Assert.InRange(choice.Route.Executed, 1, Layers - 1);
        }
    }

    /// <summary>Norms 1, 2, 2.5, 2: the changes are 1, 0.5 and -0.5, the thresholds 0, 0 and 0.8 (1 - 0.5).</summary>
    [Fact]
    public void Void_Layer_AddsLessThanAShareOfTheRangeBefore()
    {
        VoidRouter router = new(Layers, Hidden);
        IPromptReading reading = router.Begin(2);
        float[][] norms = [[1, 1], [2, 0.5f], [2.5f, 1], [2, 1.3f]]; // the second token: -0.5, 0.5, 0.3 against 0, 0, 0.8
        for (int depth = 0; depth <= Layers; depth++) reading.Observe(depth, 0, [norms[depth][0], 0, 0, 0, 0, norms[depth][1], 0, 0]);
        RouteChoice choice = reading.Decide(new RoutingOptions { Budget = 0.6 }, 0);
        Assert.Equal([0.5f, 0, 1], choice.Scores);
        Assert.Equal([0, 1], choice.Route.Layers); // two of three layers run: the one that is void most often does not
        Assert.Equal([1], reading.Decide(new RoutingOptions { Budget = 0.3 }, 0).Route.Layers);
    }

    [Fact]
    public void Quantiles_Budget_IsTheShareThatDoesNotExceed()
    {
        float[] scores = [.. Enumerable.Range(0, 5000).Select(i => (float)Math.Sin(i))];
        ScoreQuantiles quantiles = new(ScoreQuantiles.Of(scores.Select(score => (score, 2.0))));
        foreach (double budget in new[] { 0.1, 0.55, 0.9 })
            Assert.Equal(budget, scores.Count(score => score <= quantiles.Threshold(budget)) / 5000.0, 0.01);
        ScoreQuantiles weighted = new(ScoreQuantiles.Of([(1, 3), (0, 1), (2, 4)]));
        Assert.Equal([0, 0, 1, 1, 2, 2], new[] { 0.01, 0.12, 0.13, 0.49, 0.51, 0.99 }.Select(weighted.Threshold));
        Assert.Equal(float.PositiveInfinity, quantiles.Threshold(1));
        Assert.Throws<ArgumentException>(() => new ScoreQuantiles([1, 0]));
        Assert.Throws<ArgumentException>(() => new ScoreQuantiles([0, float.NaN]));
    }

    private static IReadOnlyList<int> Decide(BottleneckRouter router, double budget, int maxRepeats)
    {
        IPromptReading reading = router.Begin(3);
        for (int depth = 0; depth <= Layers; depth++) reading.Observe(depth, 0, States(3, seed: 1));
        return reading.Decide(new RoutingOptions { Budget = budget }, maxRepeats).Route.Layers;
    }

    private static float[] States(int tokens, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, tokens * Hidden).Select(_ => (float)(4 * random.NextDouble() - 2))];
    }

    private static ReadOnlySpan<float> Slice(float[] states, int from, int count) => states.AsSpan(from * Hidden, count * Hidden);
}
