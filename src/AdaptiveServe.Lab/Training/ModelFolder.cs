using System.Text.Json.Nodes;
using AdaptiveServe.Lab.Files;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Models;
using AdaptiveServe.Torch.Saving;
using TorchSharp;

namespace AdaptiveServe.Lab.Training;

/// <summary>Writes a model as a Hugging Face folder.</summary>
internal static class ModelFolder
{
    /// <summary>Writes configuration and weights (bfloat16); the tokenizer's files are written by who trained it.</summary>
    public static void Write(string folder, ModelConfig config, DecoderWeights weights, int endToken, int padToken)
    {
        Directory.CreateDirectory(folder);
        LabJson.WriteFile(Path.Combine(folder, "config.json"), Configuration(config, endToken, padToken));
        LabJson.WriteFile(Path.Combine(folder, "generation_config.json"), new JsonObject
        {
            ["eos_token_id"] = endToken,
            ["pad_token_id"] = padToken,
            ["do_sample"] = false,
        });
        using var scope = torch.NewDisposeScope();
        using OutputFile file = OutputFile.Create(Path.Combine(folder, "model.safetensors"));
        var tensors = DecoderTensors.Of(config, weights).Select(entry => (entry.Name, entry.Tensor.to_type(torch.bfloat16)));
        SafetensorsWriter.Write(file.Stream, [.. tensors], new Dictionary<string, string> { ["format"] = "pt" });
        file.Commit();
    }

    private static JsonObject Configuration(ModelConfig config, int endToken, int padToken) => new()
    {
        ["architectures"] = new JsonArray("LlamaForCausalLM"),
        ["model_type"] = "llama",
        ["vocab_size"] = config.VocabularySize,
        ["hidden_size"] = config.HiddenSize,
        ["intermediate_size"] = config.IntermediateSize,
        ["num_hidden_layers"] = config.Layers,
        ["num_attention_heads"] = config.AttentionHeads,
        ["num_key_value_heads"] = config.KeyValueHeads,
        ["head_dim"] = config.HeadDim,
        ["hidden_act"] = config.HiddenAct,
        ["max_position_embeddings"] = config.MaxPositions,
        ["rms_norm_eps"] = config.RmsNormEpsilon,
        ["rope_theta"] = config.RopeTheta,
        ["tie_word_embeddings"] = config.TieWordEmbeddings,
        ["attention_bias"] = false,
        ["mlp_bias"] = false,
        ["bos_token_id"] = null,
        ["eos_token_id"] = endToken,
        ["pad_token_id"] = padToken,
        ["torch_dtype"] = "bfloat16",
    };
}
