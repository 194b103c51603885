using AdaptiveServe.Torch.Loading;
using TorchSharp;

namespace AdaptiveServe.Torch.Cache;

/// <summary>The preallocated keys and values of one model, which the engine's block numbers point into.</summary>
internal sealed class KvCache : IDisposable
{
    /// <summary>Elements behind the last block at least: kernels read whole registers.</summary>
    private const int Slack = 64;

    private readonly LayerCache[] _layers;

    /// <param name="config">Whose keys and values.</param>
    /// <param name="blocks">Blocks of each layer.</param>
    /// <param name="blockSize">Tokens of a block.</param>
    /// <param name="dtype">The type of their elements.</param>
    /// <param name="device">Where they are.</param>
    /// <param name="extraLayers">For the second passes of layers that a route repeats; they come after the model's own layers.</param>
    public KvCache(ModelConfig config, int blocks, int blockSize, torch.ScalarType dtype, torch.Device device, int extraLayers = 0)
    {
        long tokenSize = (long)config.KeyValueHeads * config.HeadDim, slack = (Slack + tokenSize - 1) / tokenSize;
        ScratchSlot = blocks * blockSize;
        long[] shape = [(long)blocks * blockSize + slack, config.KeyValueHeads, config.HeadDim];
        _layers = new LayerCache[config.Layers + extraLayers];
        for (int layer = 0; layer < _layers.Length; layer++)
            _layers[layer] = new LayerCache(torch.empty(shape, dtype, device), torch.empty(shape, dtype, device));
    }

    /// <summary>A slot behind the last block, which no sequence has: whatever is written there, nobody reads.</summary>
    public int ScratchSlot { get; }

    public LayerCache this[int layer] => _layers[layer];

    /// <summary>Bytes that one token takes in all layers.</summary>
    public static long BytesPerToken(ModelConfig config, torch.ScalarType dtype, int extraLayers = 0) =>
        2L * (config.Layers + extraLayers) * config.KeyValueHeads * config.HeadDim * dtype.ElementSize();

    public void Dispose()
    {
        foreach (LayerCache layer in _layers) layer?.Dispose();
    }
}
