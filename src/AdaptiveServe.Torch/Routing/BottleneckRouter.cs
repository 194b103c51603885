using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Torch.Routing;

/// <summary>
/// The router <c>learned</c>: for each layer a small network looks at the states that go into the layer, the means of windows of the prompt,
/// and says whether the layer is left out, runs, or runs twice (Dr.LLM, Heakl et al. 2025, arXiv 2510.12773).
/// </summary>
/// <remarks>
/// It is asked once, when all layers have run over the prompt; in the paper the networks decide on the way, so that the states they see
/// depend on their decisions. The paper takes the most likely class; here a layer is left out where the logit of that class exceeds both others
/// by more than the budget's threshold (0 is the paper's), and otherwise runs twice where that logit is the larger of the two.
/// </remarks>
internal sealed class BottleneckRouter : IPromptRouter
{
    /// <summary>Its place in a model's folder.</summary>
    public const string FileName = "adaptive/layer-routers.safetensors";

    /// <summary>Width of the networks.</summary>
    public const int Width = 128;

    private readonly BottleneckNetwork[] _networks;
    private readonly ScoreQuantiles _quantiles;
    private readonly int _hidden;

    public BottleneckRouter(BottleneckNetwork[] networks, ScoreQuantiles quantiles, int hidden) => (_networks, _quantiles, _hidden) = (networks, quantiles, hidden);

    public string Name => PromptRouters.Learned;

    /// <summary>The router that lies in a model's folder, or null.</summary>
    /// <exception cref="ModelLoadException">It is of another model, or malformed.</exception>
    public static BottleneckRouter? Find(string modelDirectory, ModelConfig config)
    {
        using RouterFile? file = RouterFile.Find(modelDirectory, FileName);
        if (file is null) return null;
        int hidden = config.HiddenSize;
        return new BottleneckRouter([.. Enumerable.Range(0, config.Layers).Select(Network)], file.Quantiles(), hidden);

        BottleneckNetwork Network(int layer) => new(
            file.Read(DownWeight(layer), Width, hidden), file.Read(DownBias(layer), Width),
            file.Read(UpWeight(layer), BottleneckNetwork.Classes, Width), file.Read(UpBias(layer), BottleneckNetwork.Classes));
    }

    public static string DownWeight(int layer) => $"layers.{layer}.down.weight";

    public static string DownBias(int layer) => $"layers.{layer}.down.bias";

    public static string UpWeight(int layer) => $"layers.{layer}.up.weight";

    public static string UpBias(int layer) => $"layers.{layer}.up.bias";

    public IPromptReading Begin(int length) => new Reading(this, length);

    private sealed class Reading(BottleneckRouter router, int length) : IPromptReading
    {
        private readonly PromptWindows _windows = new(length, router._networks.Length, router._hidden);

        public void Observe(int depth, int position, ReadOnlySpan<float> states)
        {
            if (depth < router._networks.Length) _windows.Add(depth, position, states);
        }

        public RouteChoice Decide(RoutingOptions options, int maxRepeats)
        {
            float threshold = router._quantiles.Threshold(options.Budget);
            int layers = router._networks.Length, repeats = 0;
            float[] scores = new float[layers];
            List<int> route = [];
            for (int layer = 0; layer < layers; layer++)
            {
                (scores[layer], bool repeat) = Judge(layer);
                if (scores[layer] > threshold) continue;
                route.Add(layer);
                if (!repeat || repeats == maxRepeats) continue;
                route.Add(layer);
                repeats++;
            }

            if (route.Count == 0) route.Add(Array.IndexOf(scores, scores.Min()));
            return new RouteChoice(new LayerRoute(route, layers, maxRepeats), scores);
        }

        private (float Score, bool Repeats) Judge(int layer)
        {
            Span<float> logits = stackalloc float[BottleneckNetwork.Classes];
            logits.Clear();
            float[] state = new float[router._hidden];
            for (int window = 0; window < _windows.Count; window++)
            {
                _windows.Mean(layer, window, state);
                router._networks[layer].AddLogits(state, logits);
            }

            float runs = Math.Max(logits[BottleneckNetwork.Execute], logits[BottleneckNetwork.Repeat]);
            return ((logits[BottleneckNetwork.Skip] - runs) / _windows.Count, logits[BottleneckNetwork.Repeat] > logits[BottleneckNetwork.Execute]);
        }
    }
}
