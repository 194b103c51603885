using AdaptiveServe.Tests;

namespace AdaptiveServe.Lab.Tests.Evaluation;

/// <summary>A small Llama folder with random weights, <see cref="TinyTokenizer"/> and a chat template that begins a text.</summary>
internal static class RandomModel
{
    public const int Context = 512, Layers = 2;

    private const int Hidden = 32, Ffn = 64, Vocabulary = 7;

    public static TemporaryFolder Create(int seed = 1, string? template = "<s>{{ messages[-1].content }}")
    {
        TemporaryFolder folder = new();
        TinyTokenizer.Write(folder);
        if (template is not null) folder.Write("chat_template.jinja", template);
        folder.Write("config.json", $$"""
            {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": {{Hidden}}, "intermediate_size": {{Ffn}},
             "num_hidden_layers": {{Layers}}, "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": {{Context}},
             "vocab_size": {{Vocabulary}}, "tie_word_embeddings": true, "torch_dtype": "float32", "bos_token_id": 1, "eos_token_id": 2}
            """);
        Random random = new(seed);
        SafetensorsWriter.Write(folder.File("model.safetensors"), [.. Shapes().Select(shape => Tensor(shape.Name, shape.Shape, random))]);
        return folder;
    }

    private static IEnumerable<(string Name, long[] Shape)> Shapes()
    {
        yield return ("model.embed_tokens.weight", [Vocabulary, Hidden]);
        yield return ("model.norm.weight", [Hidden]);
        for (int layer = 0; layer < Layers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            yield return (prefix + "input_layernorm.weight", [Hidden]);
            yield return (prefix + "post_attention_layernorm.weight", [Hidden]);
            foreach (char name in "qo") yield return ($"{prefix}self_attn.{name}_proj.weight", [Hidden, Hidden]);
            foreach (char name in "kv") yield return ($"{prefix}self_attn.{name}_proj.weight", [Hidden / 2, Hidden]);
            yield return (prefix + "mlp.gate_proj.weight", [Ffn, Hidden]);
            yield return (prefix + "mlp.up_proj.weight", [Ffn, Hidden]);
            yield return (prefix + "mlp.down_proj.weight", [Hidden, Ffn]);
        }
    }

    private static (string Name, string Dtype, long[] Shape, byte[] Data) Tensor(string name, long[] shape, Random random)
    {
        bool isNorm = shape.Length == 1;
        float[] values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        for (int i = 0; i < values.Length; i++) values[i] = (isNorm ? 1 : 0) + 0.8f * (random.NextSingle() - 0.5f);
        return (name, "F32", shape, SafetensorsWriter.Bytes(values));
    }
}
