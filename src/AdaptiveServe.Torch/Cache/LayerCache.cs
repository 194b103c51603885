using TorchSharp;

namespace AdaptiveServe.Torch.Cache;

/// <summary>
/// Keys and values of one layer for all blocks, and some room behind them: [blocks * block size or more, key-value heads, head dimension]
/// each. In which order a block's elements lie is the backend's own choice.
/// </summary>
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
