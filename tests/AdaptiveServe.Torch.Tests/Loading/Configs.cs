using System.Text.Json.Nodes;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Torch.Tests.Loading;

/// <summary>Small configurations of each family, to be changed key by key.</summary>
internal static class Configs
{
    public const string Llama = """
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 64, "intermediate_size": 172,
         "num_hidden_layers": 5, "num_attention_heads": 8, "num_key_value_heads": 4, "vocab_size": 512}
        """;

    public const string Mistral = """
        {"architectures": ["MistralForCausalLM"], "model_type": "mistral", "hidden_size": 64, "intermediate_size": 172,
         "num_hidden_layers": 3, "num_attention_heads": 8, "num_key_value_heads": 4, "vocab_size": 512}
        """;

    public const string Qwen2 = """
        {"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 64, "intermediate_size": 172,
         "num_hidden_layers": 4, "num_attention_heads": 8, "num_key_value_heads": 4, "vocab_size": 512}
        """;

    public const string Qwen3 = """
        {"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "hidden_size": 64, "intermediate_size": 172,
         "num_hidden_layers": 4, "num_attention_heads": 8, "num_key_value_heads": 4, "vocab_size": 512}
        """;

    /// <summary>The configuration with keys set to JSON values, or removed where the value is empty.</summary>
    public static string With(string config, params (string Key, string Json)[] changes)
    {
        JsonObject root = JsonNode.Parse(config)!.AsObject();
        foreach ((string key, string json) in changes)
        {
            root.Remove(key);
            if (json.Length > 0) root[key] = JsonNode.Parse(json);
        }
        return root.ToJsonString();
    }

    public static ModelConfig Load(TempFolder folder, string config, params (string Key, string Json)[] changes)
    {
        folder.Write("config.json", With(config, changes));
        return ModelConfig.Load(folder.Path);
    }
}
