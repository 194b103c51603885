using System.Numerics.Tensors;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;
using AdaptiveServe.Torch.Loading;
using TorchSharp;

namespace AdaptiveServe.Torch.Routing;

/// <summary>
/// The router <c>first</c>: for each layer a gate sigmoid(w x + b) of the states that go into it, the mean over the tokens of the prompt; layers whose
/// gates are least open are left out behind the prompt (FiRST, Jain et al. 2024, arXiv 2410.12513).
/// </summary>
/// <remarks>
/// The mean over the prompt and the one threshold for all layers are choices made here: the paper's are not published. So is what is compared
/// with the threshold, how far a gate is below the mean of the prompt's gates: a model that normalises its states hardly minds all gates being
/// half open, so that they rise and fall together, and by the gates themselves some prompts would lose nearly all layers.
/// </remarks>
internal sealed class GateRouter : IPromptRouter
{
    /// <summary>Its place in a model's folder.</summary>
    public const string FileName = "adaptive/layer-gates.safetensors";

    /// <summary>Its place in an adapter's folder.</summary>
    public const string AdapterFileName = "layer-gates.safetensors";

    /// <summary>Names in the file: [layers, hidden size] and [layers].</summary>
    public const string WeightName = "gates.weight", BiasName = "gates.bias";

    private readonly float[] _weights, _biases;
    private readonly ScoreQuantiles _quantiles;
    private readonly int _hidden;

    /// <param name="weights">[layers, hidden size].</param>
    /// <param name="biases">[layers].</param>
    /// <param name="quantiles">Of the scores (<see cref="Scores"/>).</param>
    public GateRouter(float[] weights, float[] biases, ScoreQuantiles quantiles)
    {
        (_weights, _biases, _quantiles) = (weights, biases, quantiles);
        _hidden = weights.Length / biases.Length;
    }

    public string Name => PromptRouters.First;

    /// <summary>The gates that lie in a model's folder, or null.</summary>
    /// <param name="modelDirectory">The folder.</param>
    /// <param name="config">The model's configuration.</param>
    /// <param name="adapter">Folder of the model's adapter, or null; gates there, whose quantiles were taken with it, go first.</param>
    /// <exception cref="ModelLoadException">They are of another model, or malformed.</exception>
    public static GateRouter? Find(string modelDirectory, ModelConfig config, string? adapter = null) =>
        (adapter is null ? null : FindIn(adapter, AdapterFileName, modelDirectory, config)) ?? FindIn(modelDirectory, FileName, modelDirectory, config);

    /// <summary>The gates of a model that lie in some folder, or null.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="name">Their place in it.</param>
    /// <param name="modelDirectory">The model.</param>
    /// <param name="config">Its configuration.</param>
    /// <exception cref="ModelLoadException">They are of another model, or malformed.</exception>
    public static GateRouter? FindIn(string directory, string name, string modelDirectory, ModelConfig config)
    {
        using RouterFile? file = RouterFile.FindIn(directory, name, modelDirectory);
        return file is null ? null : new GateRouter(file.Read(WeightName, config.Layers, config.HiddenSize), file.Read(BiasName, config.Layers), file.Quantiles());
    }

    /// <summary>How far each gate of a prompt is below their mean.</summary>
    public static float[] Scores(IReadOnlyList<float> gates)
    {
        float mean = gates.Average();
        return [.. gates.Select(gate => mean - gate)];
    }

    /// <summary>The layers that run behind a prompt.</summary>
    /// <param name="scores">Of the prompt (<see cref="Scores"/>).</param>
    /// <param name="threshold">Layers of a higher score are left out.</param>
    public static int[] Route(float[] scores, float threshold)
    {
        int best = Array.IndexOf(scores, scores.Min());
        return [.. Enumerable.Range(0, scores.Length).Where(layer => scores[layer] <= threshold || layer == best)];
    }

    /// <summary>New tensors of the gates, as their file holds them.</summary>
    public IReadOnlyList<(string Name, torch.Tensor Tensor)> Tensors() =>
        [(WeightName, torch.tensor(_weights).view(_biases.Length, _hidden)), (BiasName, torch.tensor(_biases))];

    public IPromptReading Begin(int length) => new Reading(this, length);

    private sealed class Reading(GateRouter router, int length) : IPromptReading
    {
        private readonly double[] _sums = new double[router._biases.Length];

        public void Observe(int depth, int position, ReadOnlySpan<float> states)
        {
            if (depth == _sums.Length) return;
            ReadOnlySpan<float> weight = router._weights.AsSpan(depth * router._hidden, router._hidden);
            for (int at = 0; at < states.Length; at += router._hidden)
                _sums[depth] += 1 / (1 + Math.Exp(-(TensorPrimitives.Dot(states.Slice(at, router._hidden), weight) + router._biases[depth])));
        }

        public RouteChoice Decide(RoutingOptions options, int maxRepeats)
        {
            float[] scores = Scores([.. _sums.Select(sum => (float)(sum / length))]);
            int[] route = Route(scores, router._quantiles.Threshold(options.Budget));
            return new RouteChoice(new LayerRoute(route, scores.Length, maxRepeats: 0), scores);
        }
    }
}
