using AdaptiveServe.Torch.Loading;
using TorchSharp;

namespace AdaptiveServe.Torch.Cache;

/// <summary>The preallocated keys and values of one model, which the engine's block numbers point into.</summary>
internal sealed class KvCache : IDisposable
{
    private readonly LayerCache[] _layers;

    public KvCache(ModelConfig config, int blocks, int blockSize, torch.ScalarType dtype, torch.Device device)
    {
        long[] shape = [(long)blocks * blockSize, config.KeyValueHeads, config.HeadDim];
        _layers = new LayerCache[config.Layers];
        for (int layer = 0; layer < _layers.Length; layer++)
            _layers[layer] = new LayerCache(torch.empty(shape, dtype, device), torch.empty(shape, dtype, device));
    }

    public LayerCache this[int layer] => _layers[layer];

    /// <summary>Bytes that one token takes in all layers.</summary>
    public static long BytesPerToken(ModelConfig config, torch.ScalarType dtype) =>
        2L * config.Layers * config.KeyValueHeads * config.HeadDim * dtype.ElementSize();

    public void Dispose()
    {
        foreach (LayerCache layer in _layers) layer?.Dispose();
    }
}
