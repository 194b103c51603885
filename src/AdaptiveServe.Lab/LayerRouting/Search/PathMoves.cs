using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Lab.LayerRouting.Search;

/// <summary>Changes of a path by one step: a layer is left out, or runs twice.</summary>
internal static class PathMoves
{
    /// <summary>The path without a layer; null when it does not run it, or runs no other.</summary>
    public static LayerRoute? Skip(LayerRoute path, int layer) =>
        path.Runs(layer) && path.Executed > 1 ? With(path, path.Layers.Where(other => other != layer)) : null;

    /// <summary>The path with a second pass of a layer; null when it does not run it, or twice already, or as many do as may.</summary>
    public static LayerRoute? Repeat(LayerRoute path, int layer, int maxRepeats) =>
        path.Runs(layer) && path.ExtraSlot(layer) < 0 && path.Repeated < maxRepeats ? With(path, path.Layers.Append(layer)) : null;

    /// <summary>The moves of Dr.LLM's search: one or two consecutive layers are left out, or one runs twice.</summary>
    /// <param name="path">Where from.</param>
    /// <param name="maxRepeats">Layers that may run twice.</param>
    public static IReadOnlyList<LayerRoute> Of(LayerRoute path, int maxRepeats)
    {
        HashSet<LayerRoute> next = [];
        for (int layer = 0; layer < path.ModelLayers; layer++)
        {
            if (Skip(path, layer) is { } without)
            {
                next.Add(without);
                if (layer + 1 < path.ModelLayers && Skip(without, layer + 1) is { } withoutBoth) next.Add(withoutBoth);
            }

            if (Repeat(path, layer, maxRepeats) is { } twice) next.Add(twice);
        }

        return [.. next];
    }

    /// <summary>Every path of one edit.</summary>
    public static IReadOnlyList<LayerRoute> Edits(LayerRoute path, int maxRepeats)
    {
        IEnumerable<int> layers = Enumerable.Range(0, path.ModelLayers);
        return [.. layers.Select(layer => Skip(path, layer)).Concat(layers.Select(layer => Repeat(path, layer, maxRepeats))).OfType<LayerRoute>()];
    }

    private static LayerRoute With(LayerRoute path, IEnumerable<int> layers) => new([.. layers.Order()], path.ModelLayers, path.ModelLayers);
}
