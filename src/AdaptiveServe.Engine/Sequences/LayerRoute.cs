namespace AdaptiveServe.Engine.Sequences;

/// <summary>
/// The path of a sequence through the layers of the large model: a layer is left out, runs, or runs twice. Immutable; equal ones are equal.
/// </summary>
/// <remarks>
/// The second pass of a layer has keys and values of its own: the n-th repeat of a route keeps them in the n-th of the cache's extra
/// layers, whichever layer it repeats.
/// </remarks>
public sealed class LayerRoute : IEquatable<LayerRoute>
{
    private const byte Once = 1, Twice = 2;

    private readonly int[] _layers;
    private readonly byte[] _passes; // of each layer of the model
    private readonly int[] _extraSlots;

    /// <param name="layers">The layers to run, in ascending order; one that comes twice runs twice.</param>
    /// <param name="modelLayers">Layers of the model.</param>
    /// <param name="maxRepeats">Layers that may run twice.</param>
    /// <exception cref="ArgumentException">There is no such route; the message is one sentence for whoever asked for it.</exception>
    public LayerRoute(IReadOnlyList<int> layers, int modelLayers, int maxRepeats)
    {
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.Count == 0) throw new ArgumentException("a route has at least one layer.");
        _layers = [.. layers];
        _passes = new byte[modelLayers];
        _extraSlots = new int[modelLayers];
        int previous = -1;
        foreach (int layer in _layers)
        {
            if ((uint)layer >= (uint)modelLayers) throw new ArgumentException($"there is no layer {layer}; the model has layers 0 to {modelLayers - 1}.");
            if (layer < previous) throw new ArgumentException($"layer {layer} comes after layer {previous}; a route is in ascending order.");
            if (_passes[layer] == Twice) throw new ArgumentException($"layer {layer} comes more than twice.");
            if (_passes[layer]++ == Once) _extraSlots[layer] = Repeated++;
            else Executed++;
            previous = layer;
        }

        if (Repeated > maxRepeats)
            throw new ArgumentException($"{Repeated} layers run twice, and there are keys and values for {maxRepeats} of them.");
    }

    /// <summary>The layers in the order in which they run.</summary>
    public IReadOnlyList<int> Layers => _layers;

    /// <summary>Layers of the model.</summary>
    public int ModelLayers => _passes.Length;

    /// <summary>Layers that run, once or twice.</summary>
    public int Executed { get; }

    /// <summary>Layers that are left out.</summary>
    public int Skipped => ModelLayers - Executed;

    /// <summary>Layers that run twice.</summary>
    public int Repeated { get; }

    /// <summary>True for the whole model, each layer once.</summary>
    public bool IsPlain => Executed == ModelLayers && Repeated == 0;

    public bool Runs(int layer) => _passes[layer] >= Once;

    /// <summary>The extra layer of the cache that holds the keys and values of a layer's second pass; -1 when it has none.</summary>
    public int ExtraSlot(int layer) => _passes[layer] == Twice ? _extraSlots[layer] : -1;

    /// <summary>Each layer once, without those for which <paramref name="isLeftOut"/> is true; the first one stays if none would.</summary>
    public LayerRoute Without(Func<int, bool> isLeftOut)
    {
        int[] left = [.. _layers.Distinct().Where(layer => !isLeftOut(layer))];
        return new LayerRoute(left.Length > 0 ? left : [_layers[0]], ModelLayers, maxRepeats: 0);
    }

    /// <summary>The whole model.</summary>
    public static LayerRoute Plain(int modelLayers) => new([.. Enumerable.Range(0, modelLayers)], modelLayers, maxRepeats: 0);

    public bool Equals(LayerRoute? other) => other is not null && ModelLayers == other.ModelLayers && _layers.AsSpan().SequenceEqual(other._layers);

    public override bool Equals(object? obj) => Equals(obj as LayerRoute);

    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (int layer in _layers) hash.Add(layer);
        return hash.ToHashCode();
    }

    public override string ToString() => string.Join(' ', _layers);
}
