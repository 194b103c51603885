using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Models;
using TorchSharp;

namespace AdaptiveServe.Torch.Saving;

/// <summary>A decoder's weights under the names of a Hugging Face checkpoint: the way back of <see cref="DecoderWeights.Load"/>.</summary>
internal static class DecoderTensors
{
    /// <summary>Views of the weights; dispose them, not the weights.</summary>
    public static IReadOnlyList<(string Name, torch.Tensor Tensor)> Of(ModelConfig config, DecoderWeights weights)
    {
        List<(string, torch.Tensor)> tensors = [];
        Add("model.embed_tokens.weight", weights.Embedding);
        for (int i = 0; i < weights.Layers.Count; i++) AddLayer(i, weights.Layers[i]);
        tensors.Add(("model.norm.weight", weights.FinalNorm.alias()));
        if (weights.Head != weights.Embedding) Add("lm_head.weight", weights.Head);
        return tensors;

        void AddLayer(int index, LayerWeights layer)
        {
            string prefix = $"model.layers.{index}.", self = prefix + "self_attn.";
            tensors.Add((prefix + "input_layernorm.weight", layer.AttentionNorm.alias()));
            tensors.Add((prefix + "post_attention_layernorm.weight", layer.MlpNorm.alias()));
            if (layer.Attention.QueryNorm is { } queryNorm) tensors.Add((self + "q_norm.weight", queryNorm.alias()));
            if (layer.Attention.KeyNorm is { } keyNorm) tensors.Add((self + "k_norm.weight", keyNorm.alias()));
            foreach ((LinearWeight linear, (string Name, int Rows)[] parts) in Linears(config, index, layer)) AddParts(linear, parts);
        }

        void AddParts(LinearWeight linear, (string Name, int Rows)[] parts)
        {
            long row = 0;
            foreach ((string name, int rows) in parts)
            {
                tensors.Add((name + ".weight", linear.Weight.narrow(0, row, rows)));
                if (linear.Bias is { } bias) tensors.Add((name + ".bias", bias.narrow(0, row, rows)));
                row += rows;
            }
        }

        void Add(string name, LinearWeight linear) => tensors.Add((name, linear.Weight.alias()));
    }

    /// <summary>The linear layers of a decoder layer, with the matrices of the checkpoint that each holds one after the other.</summary>
    /// <param name="config">The model's.</param>
    /// <param name="layer">Number of the layer.</param>
    /// <param name="weights">Its weights.</param>
    public static IEnumerable<(LinearWeight Linear, (string Name, int Rows)[] Parts)> Linears(ModelConfig config, int layer, LayerWeights weights)
    {
        string self = $"model.layers.{layer}.self_attn.", mlp = $"model.layers.{layer}.mlp.";
        AttentionWeights attention = weights.Attention;
        yield return (
            attention.QueryKeyValue,
            [(self + "q_proj", attention.QueryColumns), (self + "k_proj", attention.KeyColumns), (self + "v_proj", attention.KeyColumns)]);
        yield return (attention.Output, [(self + "o_proj", config.HiddenSize)]);
        yield return (weights.GateUp, [(mlp + "gate_proj", config.IntermediateSize), (mlp + "up_proj", config.IntermediateSize)]);
        yield return (weights.Down, [(mlp + "down_proj", config.HiddenSize)]);
    }
}
