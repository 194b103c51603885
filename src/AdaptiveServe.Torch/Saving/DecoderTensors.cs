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
        for (int i = 0; i < weights.Layers.Count; i++) AddLayer($"model.layers.{i}.", weights.Layers[i]);
        tensors.Add(("model.norm.weight", weights.FinalNorm.alias()));
        if (weights.Head != weights.Embedding) Add("lm_head.weight", weights.Head);
        return tensors;

        void AddLayer(string prefix, LayerWeights layer)
        {
            AttentionWeights attention = layer.Attention;
            tensors.Add((prefix + "input_layernorm.weight", layer.AttentionNorm.alias()));
            string self = prefix + "self_attn.";
            AddParts(attention.QueryKeyValue, (self + "q_proj", attention.QueryColumns), (self + "k_proj", attention.KeyColumns), (self + "v_proj", attention.KeyColumns));
            if (attention.QueryNorm is { } queryNorm) tensors.Add((self + "q_norm.weight", queryNorm.alias()));
            if (attention.KeyNorm is { } keyNorm) tensors.Add((self + "k_norm.weight", keyNorm.alias()));
            AddParts(attention.Output, (self + "o_proj", config.HiddenSize));
            tensors.Add((prefix + "post_attention_layernorm.weight", layer.MlpNorm.alias()));
            AddParts(layer.GateUp, (prefix + "mlp.gate_proj", config.IntermediateSize), (prefix + "mlp.up_proj", config.IntermediateSize));
            AddParts(layer.Down, (prefix + "mlp.down_proj", config.HiddenSize));
        }

        void AddParts(LinearWeight linear, params ReadOnlySpan<(string Name, int Rows)> parts)
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
}
