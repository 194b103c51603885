using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;

namespace AdaptiveServe.Torch.Routing;

/// <summary>The router <c>lac</c>: leaves out the layers that are void (<see cref="VoidRule"/>) for most tokens of the prompt. Nothing is trained.</summary>
/// <remarks>
/// The released code runs every layer and returns the output of the last that is not void, which saves nothing. Here the layers are left out
/// behind the prompt, as many as the budget says: a choice of this project.
/// </remarks>
internal sealed class VoidRouter(int layers, int hidden) : IPromptRouter
{
    public string Name => PromptRouters.Lac;

    public IPromptReading Begin(int length) => new Reading(layers, hidden, length);

    private sealed class Reading(int layers, int hidden, int length) : IPromptReading
    {
        private readonly int[] _voids = new int[layers];
        private readonly double[] _changes = new double[layers];
        private VoidRule[] _rules = []; // of each token of the chunk under way

        public void Observe(int depth, int position, ReadOnlySpan<float> states)
        {
            int tokens = states.Length / hidden;
            if (depth == 0) _rules = new VoidRule[tokens];
            for (int token = 0; token < tokens; token++)
            {
                ReadOnlySpan<float> state = states.Slice(token * hidden, hidden);
                if (depth == 0) _rules[token] = new VoidRule(state);
                else Observe(depth - 1, _rules[token].IsVoid(state, out float change), change);
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

        private void Observe(int layer, bool isVoid, float change)
        {
            if (isVoid) _voids[layer]++;
            _changes[layer] += change;
        }
    }
}
