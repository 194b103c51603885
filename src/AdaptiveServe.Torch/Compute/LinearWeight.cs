using TorchSharp;

namespace AdaptiveServe.Torch.Compute;

/// <summary>The weight of a linear layer, or an embedding table.</summary>
/// <param name="weight">[outputs, inputs], contiguous; owned.</param>
/// <param name="bias">[outputs] in the same type, or null; owned.</param>
internal sealed class LinearWeight(torch.Tensor weight, torch.Tensor? bias = null) : IDisposable
{
    public torch.Tensor Weight { get; } = weight;

    public torch.Tensor? Bias { get; } = bias;

    public int Outputs { get; } = (int)weight.size(0);

    public int Inputs { get; } = (int)weight.size(1);

    public void Dispose()
    {
        Weight.Dispose();
        Bias?.Dispose();
    }
}
