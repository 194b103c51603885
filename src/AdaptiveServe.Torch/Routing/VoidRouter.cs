using System.Numerics.Tensors;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;

namespace AdaptiveServe.Torch.Routing;

/// <summary>
/// The router <c>lac</c>: a layer is void for a token of the prompt when it adds less to the norm of the token's state than a share of the range
/// of what the layers before it added (Shemiranifar 2025, Void in Language Models, arXiv 2505.14467). Nothing is trained.
/// </summary>
/// <remarks>
/// With n the norm of a state and d its change over a layer, a layer is void where d &lt; alpha (max d - min d), over the layers before it; for
/// the first the right side is 0. The released code runs every layer and returns the output of the last that is not void, which saves
/// nothing. Here those that are void for most tokens of the prompt are left out behind it, as many as the budget says: a choice of this project.
/// </remarks>
internal sealed class VoidRouter(int layers, int hidden) : IPromptRouter
{
    /// <summary>The share; the released code's default.</summary>
    public const float Alpha = 0.8f;

    public string Name => PromptRouters.Lac;

    public IPromptReading Begin(int length) => new Reading(layers, hidden, length);

    private sealed class Reading(int layers, int hidden, int length) : IPromptReading
    {
        private readonly int[] _voids = new int[layers];
        private readonly double[] _changes = new double[layers];
        private float[] _norms = [], _least = [], _most = []; // of each token of the chunk under way

        public void Observe(int depth, int position, ReadOnlySpan<float> states)
        {
            int tokens = states.Length / hidden;
            if (depth == 0) (_norms, _least, _most) = (new float[tokens], new float[tokens], new float[tokens]);
            for (int token = 0; token < tokens; token++)
            {
                float norm = TensorPrimitives.Norm(states.Slice(token * hidden, hidden));
                if (depth > 0) ObserveChange(depth - 1, token, norm - _norms[token]);
                _norms[token] = norm;
            }
        }

        public RouteChoice Decide(RoutingOptions options, int maxRepeats)
        {
            float[] scores = [.. _voids.Select(count => (float)count / length)];
            int leftOut = layers - options.LayersOf(layers);
            HashSet<int> without =
                [.. Enumerable.Range(0, layers).OrderByDescending(layer => _voids[layer]).ThenBy(layer => _changes[layer]).Take(leftOut)];
            return new RouteChoice(LayerRoute.Plain(layers).Without(without.Contains), scores);
        }

        private void ObserveChange(int layer, int token, float change)
        {
            float threshold = layer == 0 ? 0 : Alpha * (_most[token] - _least[token]);
            if (change < threshold) _voids[layer]++;
            _changes[layer] += change;
            _least[token] = layer == 0 ? change : Math.Min(_least[token], change);
            _most[token] = layer == 0 ? change : Math.Max(_most[token], change);
        }
    }
}
