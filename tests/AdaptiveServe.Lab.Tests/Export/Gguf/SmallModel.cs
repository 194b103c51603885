using System.Text.Json.Nodes;
using AdaptiveServe.Tests;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Tests.Export.Gguf;

/// <summary>
/// A model folder with random weights, a configuration of a few changes to a small Llama, and the tokenizer of seven pieces.
/// </summary>
internal sealed class SmallModel : IDisposable
{
    public const int Hidden = 64, Intermediate = 48, Heads = 4, KeyValueHeads = 2, Layers = 2, Rows = 10;

    private readonly TemporaryFolder _folder = new();

    /// <param name="changes">Keys of <c>config.json</c> as one JSON object.</param>
    /// <param name="dtype">How the checkpoint stores its weights: F32, F16 or BF16.</param>
    public SmallModel(string changes = "{}", string dtype = "F32")
    {
        JsonObject config = JsonNode.Parse($$"""
            {
              "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": {{Hidden}},
              "intermediate_size": {{Intermediate}}, "num_hidden_layers": {{Layers}}, "num_attention_heads": {{Heads}},
              "num_key_value_heads": {{KeyValueHeads}}, "vocab_size": {{Rows}}, "max_position_embeddings": 256, "rms_norm_eps": 1e-5,
              "bos_token_id": 1, "eos_token_id": 2
            }
            """)!.AsObject();
        foreach ((string key, JsonNode? value) in JsonNode.Parse(changes)!.AsObject()) config[key] = value?.DeepClone();
        _folder.Write("config.json", config.ToJsonString());
        TinyTokenizer.Write(_folder);
        Config = ModelConfig.Load(_folder.Path);
        Random random = new(1);
        foreach ((string name, long[] shape) in Shapes())
            Weights[name] = (shape, [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(_ => Next(random, dtype))]);
        Save(dtype);
    }

    public string Folder => _folder.Path;

    public ModelConfig Config { get; }

    public Dictionary<string, (long[] Shape, float[] Values)> Weights { get; } = [];

    public string File(string name) => _folder.File(name);

    public string Write(string name, string content) => _folder.Write(name, content);

    public string[] Names() => _folder.Names();

    /// <summary>Writes the weights as they are now.</summary>
    public void Save(string dtype = "F32") => SafetensorsWriter.Write(
        _folder.File("model.safetensors"),
        [.. Weights.Select(weight => (weight.Key, dtype, weight.Value.Shape, Bytes(weight.Value.Values, dtype)))]);

    /// <summary>Exports it to a file in its folder.</summary>
    public Task<LabRun> ExportAsync(string dtype) =>
        LabRun.InvokeAsync("export", "gguf", "--model", Folder, "--out", File("out.gguf"), "--dtype", dtype);

    /// <summary>Exports it, and reads what came out.</summary>
    public async Task<GgufFile> ExportedAsync(string dtype = "f32")
    {
        LabRun run = await ExportAsync(dtype);
        Assert.Equal((0, ""), (run.Code, run.Error));
        return GgufFile.Read(File("out.gguf"));
    }

    public void Dispose() => _folder.Dispose();

    private IEnumerable<(string Name, long[] Shape)> Shapes()
    {
        long queries = Heads * Config.HeadDim, keys = KeyValueHeads * Config.HeadDim;
        yield return ("model.embed_tokens.weight", [Config.VocabularySize, Hidden]);
        if (!Config.TieWordEmbeddings) yield return ("lm_head.weight", [Config.VocabularySize, Hidden]);
        yield return ("model.norm.weight", [Hidden]);
        for (int layer = 0; layer < Layers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            yield return (prefix + "input_layernorm.weight", [Hidden]);
            yield return (prefix + "post_attention_layernorm.weight", [Hidden]);
            (string Name, long Outputs, long Inputs, bool HasBias)[] linears =
            [
                ("self_attn.q_proj", queries, Hidden, Config.AttentionBias),
                ("self_attn.k_proj", keys, Hidden, Config.AttentionBias),
                ("self_attn.v_proj", keys, Hidden, Config.AttentionBias),
                ("self_attn.o_proj", Hidden, queries, Config.AttentionOutputBias),
                ("mlp.gate_proj", Intermediate, Hidden, Config.MlpBias),
                ("mlp.up_proj", Intermediate, Hidden, Config.MlpBias),
                ("mlp.down_proj", Hidden, Intermediate, Config.MlpBias),
            ];
            foreach ((string name, long outputs, long inputs, bool hasBias) in linears)
            {
                yield return ($"{prefix}{name}.weight", [outputs, inputs]);
                if (hasBias) yield return ($"{prefix}{name}.bias", [outputs]);
            }

            if (!Config.QueryKeyNorm) continue;
            yield return (prefix + "self_attn.q_norm.weight", [Config.HeadDim]);
            yield return (prefix + "self_attn.k_norm.weight", [Config.HeadDim]);
        }
    }

    private static float Next(Random random, string dtype)
    {
        float value = random.NextSingle() * 2 - 1;
        return dtype switch
        {
            "F16" => (float)(Half)value,
            "BF16" => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000),
            _ => value,
        };
    }

    private static byte[] Bytes(float[] values, string dtype) => dtype switch
    {
        "F16" => [.. values.SelectMany(value => BitConverter.GetBytes((Half)value))],
        "BF16" => [.. values.SelectMany(value => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)))],
        _ => SafetensorsWriter.Bytes(values),
    };
}
