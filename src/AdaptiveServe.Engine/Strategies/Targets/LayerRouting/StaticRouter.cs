using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies.Targets.LayerRouting;

/// <summary>Leaves the same layers out for every sequence: those that are missed least (Men et al. 2024 rank layers so).</summary>
internal sealed class StaticRouter : ILayerRouter
{
    public string Name => "static";

    /// <exception cref="ArgumentException">The model's layers were never ranked.</exception>
    public LayerRoute Choose(Sequence sequence, ModelInfo info) =>
        Route(info, info.LargeLayers - sequence.Routing.LayersOf(info.LargeLayers));

    /// <summary>The whole model without that many layers.</summary>
    /// <exception cref="ArgumentException">The model's layers were never ranked.</exception>
    public static LayerRoute Route(ModelInfo info, int leftOut)
    {
        if (leftOut > 0 && info.LayerRanking.Count != info.LargeLayers)
            throw new ArgumentException("The layers of this model are not ranked: it has no adaptive/layer-ranking.json.");
        HashSet<int> without = [.. info.LayerRanking.Take(leftOut)];
        return LayerRoute.Plain(info.LargeLayers).Without(without.Contains);
    }
}
