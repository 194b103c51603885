using AdaptiveServe.Tests;

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>
/// A small Llama folder with random weights and the tokenizer of bytes: the whole path of a request, on any machine. Gone when disposed.
/// </summary>
internal sealed class RandomCheckpoint : IDisposable
{
    private const int Hidden = 32, Ffn = 64, Layers = 2;

    private readonly ByteTokenizerFolder _folder = new();

    /// <param name="context">Longest sequence in tokens.</param>
    public RandomCheckpoint(int context = 256)
    {
        File.WriteAllText(Path.Combine(Folder, "config.json"), $$"""
            {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": {{Hidden}}, "intermediate_size": {{Ffn}},
             "num_hidden_layers": {{Layers}}, "num_attention_heads": 4, "num_key_value_heads": 4, "max_position_embeddings": {{context}},
             "vocab_size": {{ByteTokenizerFolder.VocabularySize}}, "tie_word_embeddings": true,
             "bos_token_id": {{ByteTokenizerFolder.BosId}}, "eos_token_id": {{ByteTokenizerFolder.EosId}}}
            """);
        var random = new Random(1);
        SafetensorsWriter.Write(Path.Combine(Folder, "model.safetensors"), [.. Shapes().Select(shape => Tensor(shape, random))]);
    }

    public string Folder => _folder.Path;

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<(string Name, long[] Shape)> Shapes()
    {
        yield return ("model.embed_tokens.weight", [ByteTokenizerFolder.VocabularySize, Hidden]);
        yield return ("model.norm.weight", [Hidden]);
        for (int layer = 0; layer < Layers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            yield return (prefix + "input_layernorm.weight", [Hidden]);
            yield return (prefix + "post_attention_layernorm.weight", [Hidden]);
            foreach (char name in "qkvo") yield return ($"{prefix}self_attn.{name}_proj.weight", [Hidden, Hidden]);
            yield return (prefix + "mlp.gate_proj.weight", [Ffn, Hidden]);
            yield return (prefix + "mlp.up_proj.weight", [Ffn, Hidden]);
            yield return (prefix + "mlp.down_proj.weight", [Hidden, Ffn]);
        }
    }

    private static (string Name, string Dtype, long[] Shape, byte[] Data) Tensor((string Name, long[] Shape) shape, Random random)
    {
        bool isNorm = shape.Shape.Length == 1;
        float[] values = new float[shape.Shape.Aggregate(1L, (a, b) => a * b)];
        for (int i = 0; i < values.Length; i++) values[i] = (isNorm ? 1 : 0) + 0.8f * (random.NextSingle() - 0.5f);
        return (shape.Name, "F32", shape.Shape, SafetensorsWriter.Bytes(values));
    }
}
