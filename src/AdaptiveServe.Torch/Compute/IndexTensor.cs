using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Compute;

/// <summary>Indices on a device, as libtorch's operations take them.</summary>
internal static class IndexTensor
{
    /// <summary>[length], int64. It belongs to the dispose scope of this thread.</summary>
    public static Tensor Of(ReadOnlySpan<int> values, Device device)
    {
        var wide = new long[values.Length];
        for (int i = 0; i < wide.Length; i++) wide[i] = values[i];
        return tensor(wide, device: device);
    }
}
