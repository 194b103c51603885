using TorchSharp;

namespace AdaptiveServe.Torch.Cache;

/// <summary>Keys and values of one layer for all blocks: [blocks * block size, key-value heads, head dimension] each.</summary>
internal sealed class LayerCache(torch.Tensor keys, torch.Tensor values) : IDisposable
{
    public torch.Tensor Keys { get; } = keys;

    public torch.Tensor Values { get; } = values;

    public void Dispose()
    {
        Keys.Dispose();
        Values.Dispose();
    }
}
