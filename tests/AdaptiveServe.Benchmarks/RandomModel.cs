using System.Globalization;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Benchmarks;

/// <summary>A Llama folder of a given shape with random weights, for timing only.</summary>
internal sealed class RandomModel : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("adaptiveserve-");

    public RandomModel(int hidden, int layers, int heads, int intermediate, int vocabulary, string dtype = "BF16")
    {
        File.WriteAllText(Path.Combine(Folder, "config.json"), string.Create(CultureInfo.InvariantCulture, $$"""
            {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": {{hidden}}, "intermediate_size": {{intermediate}},
             "num_hidden_layers": {{layers}}, "num_attention_heads": {{heads}}, "num_key_value_heads": {{heads}}, "vocab_size": {{vocabulary}},
             "max_position_embeddings": 2048, "tie_word_embeddings": true, "bos_token_id": 1, "eos_token_id": 2}
            """));
        var tensors = new List<(string, string, long[], byte[])>();
        var random = new Random(1);
        Add("model.embed_tokens.weight", vocabulary, hidden);
        Add("model.norm.weight", hidden);
        for (int layer = 0; layer < layers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            Add(prefix + "input_layernorm.weight", hidden);
            Add(prefix + "post_attention_layernorm.weight", hidden);
            foreach (string name in (string[])["q", "k", "v", "o"]) Add($"{prefix}self_attn.{name}_proj.weight", hidden, hidden);
            Add(prefix + "mlp.gate_proj.weight", intermediate, hidden);
            Add(prefix + "mlp.up_proj.weight", intermediate, hidden);
            Add(prefix + "mlp.down_proj.weight", hidden, intermediate);
        }

        SafetensorsWriter.Write(Path.Combine(Folder, "model.safetensors"), tensors);

        void Add(string name, params long[] shape)
        {
            long count = shape.Aggregate(1L, (a, b) => a * b);
            float[] values = new float[count];
            for (long i = 0; i < count; i++) values[i] = (random.NextSingle() - 0.5f) * 0.1f;
            byte[] data = dtype == "F32"
                ? SafetensorsWriter.Bytes(values)
                : [.. values.SelectMany(value => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)))];
            tensors.Add((name, dtype, shape, data));
        }
    }

    public string Folder => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
