using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Models;
using TorchSharp;

namespace AdaptiveServe.Torch.Training;

/// <summary>Makes a trained shallow decoder the start of a deep one by stacking its layers (Gong et al. 2019; Du et al. 2024).</summary>
internal static class DepthGrowth
{
    /// <summary>New weights of <paramref name="layers"/> layers: the given ones from bottom to top, and from the bottom again.</summary>
    public static DecoderWeights Stack(DecoderWeights weights, int layers)
    {
        LinearWeight embedding = Copy(weights.Embedding);
        return new DecoderWeights
        {
            Embedding = embedding,
            Layers = [.. Enumerable.Range(0, layers).Select(i => Copy(weights.Layers[i % weights.Layers.Count]))],
            FinalNorm = Copy(weights.FinalNorm),
            Head = weights.Head == weights.Embedding ? embedding : Copy(weights.Head),
        };
    }

    private static LayerWeights Copy(LayerWeights layer) => new()
    {
        AttentionNorm = Copy(layer.AttentionNorm),
        MlpNorm = Copy(layer.MlpNorm),
        Attention = layer.Attention with
        {
            QueryKeyValue = Copy(layer.Attention.QueryKeyValue),
            Output = Copy(layer.Attention.Output),
            QueryNorm = layer.Attention.QueryNorm is { } query ? Copy(query) : null,
            KeyNorm = layer.Attention.KeyNorm is { } key ? Copy(key) : null,
        },
        GateUp = Copy(layer.GateUp),
        Down = Copy(layer.Down),
    };

    private static LinearWeight Copy(LinearWeight linear) => new(Copy(linear.Weight), linear.Bias is { } bias ? Copy(bias) : null);

    private static torch.Tensor Copy(torch.Tensor tensor) => tensor.detach().clone();
}
