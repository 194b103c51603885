using AdaptiveServe.Torch.Compute;
using TorchSharp;

namespace AdaptiveServe.Torch.Models;

/// <summary>One decoder layer: attention and gated MLP, each after a norm and added to the residual stream.</summary>
internal sealed record LayerWeights : IDisposable
{
    public required torch.Tensor AttentionNorm { get; init; }

    public required AttentionWeights Attention { get; init; }

    public required torch.Tensor MlpNorm { get; init; }

    /// <summary>Gate and up projection in one: [2 * intermediate, hidden].</summary>
    public required LinearWeight GateUp { get; init; }

    /// <summary>[hidden, intermediate].</summary>
    public required LinearWeight Down { get; init; }

    public void Dispose()
    {
        AttentionNorm.Dispose();
        Attention.Dispose();
        MlpNorm.Dispose();
        GateUp.Dispose();
        Down.Dispose();
    }
}
