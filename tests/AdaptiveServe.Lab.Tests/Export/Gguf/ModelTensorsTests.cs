namespace AdaptiveServe.Lab.Tests.Export.Gguf;

public class ModelTensorsTests
{
    private const string Qwen2 = """{"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2"}""";
    private const string Qwen3 =
        """{"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "head_dim": 32, "tie_word_embeddings": true}""";
    private const string Biased = """{"attention_bias": true, "mlp_bias": true}""";
    private const string Mistral = """{"architectures": ["MistralForCausalLM"], "model_type": "mistral", "sliding_window": null}""";

    private static readonly Dictionary<string, string> LayerNames = new()
    {
        ["attn_norm"] = "input_layernorm",
        ["attn_q"] = "self_attn.q_proj",
        ["attn_k"] = "self_attn.k_proj",
        ["attn_v"] = "self_attn.v_proj",
        ["attn_output"] = "self_attn.o_proj",
        ["attn_q_norm"] = "self_attn.q_norm",
        ["attn_k_norm"] = "self_attn.k_norm",
        ["ffn_norm"] = "post_attention_layernorm",
        ["ffn_gate"] = "mlp.gate_proj",
        ["ffn_up"] = "mlp.up_proj",
        ["ffn_down"] = "mlp.down_proj",
    };

    [Theory]
    [InlineData("{}", "F32", true)]
    [InlineData("{}", "BF16", true)]
    [InlineData("{}", "F16", true)]
    [InlineData(Biased, "F32", true)]
    [InlineData(Mistral, "F32", true)]
    [InlineData(Qwen2, "F32", false)]
    [InlineData(Qwen3, "F32", false)]
    public async Task Export_Float32_HoldsEveryWeightBitForBit(string changes, string stored, bool isPermuted)
    {
        using SmallModel model = new(changes, stored);
        GgufFile file = await model.ExportedAsync();
        Assert.Equal(model.Weights.Count, file.Tensors.Count);
        foreach ((string name, GgufEntry tensor) in file.Tensors)
        {
            (long[] shape, float[] values) = model.Weights[SourceOf(name)];
            Assert.Equal(shape.Reverse(), tensor.Dimensions);
            Assert.Equal(0u, tensor.Type);
            bool isRotated = isPermuted && name.Split('.') is [.., "attn_q" or "attn_k", _];
            float[] expected = isRotated ? Permuted(values, model.Config.HeadDim, values.Length / (int)shape[0]) : values;
            Assert.Equal(expected, tensor.Values());
        }
    }

    [Theory]
    [InlineData("f16", 1u)]
    [InlineData("q8_0", 8u)]
    public async Task Export_NarrowTypes_RoundToTheNearest(string dtype, uint type)
    {
        using SmallModel model = new(Qwen2);
        GgufFile file = await model.ExportedAsync(dtype);
        foreach ((string name, GgufEntry tensor) in file.Tensors)
        {
            float[] values = model.Weights[SourceOf(name)].Values;
            if (tensor.Dimensions.Length == 1) Assert.Equal(values, tensor.Values()); // norms and biases stay as they are
            else if (tensor.Type == 1) Assert.Equal(values.Select(value => (float)(Half)value), tensor.Values());
            else AssertWithinHalfAStep(values, tensor.Values());
        }

        Assert.Equal(type, file.Tensors["token_embd.weight"].Type);
    }

    /// <summary>The weight of the checkpoint that a tensor holds.</summary>
    private static string SourceOf(string name) => name switch
    {
        "token_embd.weight" => "model.embed_tokens.weight",
        "output.weight" => "lm_head.weight",
        "output_norm.weight" => "model.norm.weight",
        _ when name.Split('.') is ["blk", var layer, var part, var kind] => $"model.layers.{layer}.{LayerNames[part]}.{kind}",
        _ => throw new ArgumentException($"{name} is not expected"),
    };

    /// <summary>In each head, the rows of the first half take the even places, those of the second half the odd ones.</summary>
    private static float[] Permuted(float[] values, int headDim, int rowLength) =>
    [
        .. values.Chunk(rowLength).Chunk(headDim)
            .SelectMany(head => Enumerable.Range(0, headDim / 2).SelectMany(i => head[i].Concat(head[i + headDim / 2]))),
    ];

    /// <summary>A block's step is its largest magnitude / 127, itself rounded to float16 (11 bits).</summary>
    private static void AssertWithinHalfAStep(float[] expected, float[] actual)
    {
        foreach ((float[] wanted, float[] given) in expected.Chunk(32).Zip(actual.Chunk(32)))
        {
            float largest = wanted.Max(MathF.Abs);
            for (int i = 0; i < wanted.Length; i++) Assert.Equal(wanted[i], given[i], largest / 127 * 0.5f + largest / 2048);
        }
    }
}
