using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Benchmarks;

/// <summary>A Llama folder of a given shape with random bfloat16 weights, for timing only.</summary>
internal sealed class RandomModel : IDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly List<(string Name, long[] Shape)> _tensors = [];

    /// <summary>A folder of its own, which goes with this object.</summary>
    public RandomModel(ModelShape shape)
        : this(shape, Directory.CreateTempSubdirectory("adaptiveserve-"))
    {
    }

    private RandomModel(ModelShape shape, DirectoryInfo folder)
    {
        _folder = folder;
        (int hidden, int layers, int heads, int keyValueHeads, int intermediate, int vocabulary) = shape switch
        {
            ModelShape.D256x12 => (256, 12, 8, 8, 688, 2048),
            ModelShape.D288x6 => (288, 6, 6, 6, 768, 32000),
            ModelShape.D768x12 => (768, 12, 12, 12, 2048, 32000),
            ModelShape.D1024x24 => (1024, 24, 16, 16, 2816, 32000),
            _ => (2048, 22, 32, 4, 5632, 32000),
        };
        File.WriteAllText(Path.Combine(Folder, "config.json"), string.Create(CultureInfo.InvariantCulture, $$"""
            {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": {{hidden}}, "intermediate_size": {{intermediate}},
             "num_hidden_layers": {{layers}}, "num_attention_heads": {{heads}}, "num_key_value_heads": {{keyValueHeads}},
             "vocab_size": {{vocabulary}},
             "max_position_embeddings": 32768, "tie_word_embeddings": true, "bos_token_id": 1, "eos_token_id": 2,
             "hidden_act": "silu", "rms_norm_eps": 1e-6, "torch_dtype": "bfloat16"}
            """));
        Add("model.embed_tokens.weight", vocabulary, hidden);
        Add("model.norm.weight", hidden);
        for (int layer = 0; layer < layers; layer++)
            AddLayer($"model.layers.{layer}.", hidden, hidden / heads * keyValueHeads, intermediate);
        using FileStream file = File.Create(Path.Combine(Folder, "model.safetensors"));
        WriteTensors(file);
    }

    public string Folder => _folder.FullName;

    /// <summary>Writes such a model into a folder that stays.</summary>
    public static void Write(ModelShape shape, string folder) => _ = new RandomModel(shape, Directory.CreateDirectory(folder));

    public void Dispose() => _folder.Delete(recursive: true);

    private void AddLayer(string prefix, int hidden, int keys, int intermediate)
    {
        Add(prefix + "input_layernorm.weight", hidden);
        Add(prefix + "post_attention_layernorm.weight", hidden);
        foreach (string name in (string[])["q", "o"]) Add($"{prefix}self_attn.{name}_proj.weight", hidden, hidden);
        foreach (string name in (string[])["k", "v"]) Add($"{prefix}self_attn.{name}_proj.weight", keys, hidden);
        Add(prefix + "mlp.gate_proj.weight", intermediate, hidden);
        Add(prefix + "mlp.up_proj.weight", intermediate, hidden);
        Add(prefix + "mlp.down_proj.weight", hidden, intermediate);
    }

    private void Add(string name, params long[] shape) => _tensors.Add((name, shape));

    private void WriteTensors(FileStream file)
    {
        var entries = new List<string> { "\"__metadata__\":{\"format\":\"pt\"}" }; // other programs ask for it
        long end = 0;
        foreach ((string name, long[] shape) in _tensors)
        {
            long begin = end;
            end += sizeof(ushort) * shape.Aggregate(1L, (a, b) => a * b);
            entries.Add(SafetensorsWriter.Entry(name, "BF16", shape, begin, end));
        }

        byte[] header = Encoding.UTF8.GetBytes($"{{{string.Join(',', entries)}}}");
        file.Write(BitConverter.GetBytes((ulong)header.Length));
        file.Write(header);
        WriteValues(file, end / sizeof(ushort));
    }

    /// <summary>Writes values in (-0.05, 0.05).</summary>
    private static void WriteValues(FileStream file, long count)
    {
        var random = new Random(1);
        var values = new ushort[4096];
        for (long written = 0; written < count; written += values.Length)
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = (ushort)(BitConverter.SingleToUInt32Bits((random.NextSingle() - 0.5f) * 0.1f) >> 16);
            file.Write(MemoryMarshal.AsBytes(values.AsSpan(0, (int)Math.Min(values.Length, count - written))));
        }
    }
}
