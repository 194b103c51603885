using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Tests.Export.Gguf;

public class GgufCommandTests
{
    [Fact]
    public async Task Export_Llama_SaysItsShape()
    {
        using SmallModel model = new("""{"head_dim": 32, "rope_theta": 50000.0}""");
        GgufFile file = await model.ExportedAsync();
        Assert.Equal("llama", file.Value<string>("general.architecture"));
        Assert.Equal(Path.GetFileName(model.Folder), file.Value<string>("general.name"));
        Assert.Equal(0u, file.Value<uint>("general.file_type"));
        Assert.Equal(256u, file.Value<uint>("llama.context_length"));
        Assert.Equal(64u, file.Value<uint>("llama.embedding_length"));
        Assert.Equal(2u, file.Value<uint>("llama.block_count"));
        Assert.Equal(48u, file.Value<uint>("llama.feed_forward_length"));
        Assert.Equal(4u, file.Value<uint>("llama.attention.head_count"));
        Assert.Equal(2u, file.Value<uint>("llama.attention.head_count_kv"));
        Assert.Equal(32u, file.Value<uint>("llama.attention.key_length"));
        Assert.Equal(32u, file.Value<uint>("llama.attention.value_length"));
        Assert.Equal(32u, file.Value<uint>("llama.rope.dimension_count"));
        Assert.Equal(10u, file.Value<uint>("llama.vocab_size"));
        Assert.Equal(50000f, file.Value<float>("llama.rope.freq_base"));
        Assert.Equal(1e-5f, file.Value<float>("llama.attention.layer_norm_rms_epsilon"));
        Assert.DoesNotContain(file.Metadata.Keys, key => key.Contains("scaling", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Export_HeadsThatFillTheWidth_NeedNoKeyLength()
    {
        using SmallModel model = new();
        Assert.DoesNotContain("llama.attention.key_length", (await model.ExportedAsync()).Metadata.Keys);
    }

    [Theory]
    [InlineData("f16", 1u)]
    [InlineData("q8_0", 7u)]
    public async Task Export_Dtype_IsSaid(string dtype, uint fileType)
    {
        using SmallModel model = new();
        GgufFile file = await model.ExportedAsync(dtype);
        Assert.Equal(fileType, file.Value<uint>("general.file_type"));
        Assert.Equal(dtype == "q8_0", file.Metadata.ContainsKey("general.quantization_version"));
    }

    [Fact]
    public async Task Export_RowsThatAreNoMultipleOfABlock_AreSaidAndStoredInHalves()
    {
        using SmallModel model = new();
        LabRun run = await model.ExportAsync("q8_0");
        Assert.Contains("note: 2 matrices are stored as f16", run.Output, StringComparison.Ordinal);
        GgufFile file = GgufFile.Read(model.File("out.gguf"));
        Assert.Equal(1u, file.Tensors["blk.0.ffn_down.weight"].Type); // rows of 48
        Assert.Equal(8u, file.Tensors["blk.0.ffn_up.weight"].Type);
    }

    [Fact]
    public async Task Export_WindowShorterThanTheContext_IsWrittenAndNoted()
    {
        using SmallModel model = new("""{"architectures": ["MistralForCausalLM"], "model_type": "mistral", "sliding_window": 32}""");
        LabRun run = await model.ExportAsync("f32");
        Assert.Contains("sliding window of 32 tokens", run.Output, StringComparison.Ordinal);
        Assert.Equal(32u, GgufFile.Read(model.File("out.gguf")).Value<uint>("llama.attention.sliding_window"));
    }

    [Theory]
    [InlineData(
        """{"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "head_dim": 32}""", "a head_dim other than hidden / heads")]
    [InlineData(
        """{"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "attention_bias": true}""", "an attention output with a bias")]
    [InlineData(
        """
        {
          "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2",
          "rope_scaling": {"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4}
        }
        """, "rope scaling of the type llama3")]
    [InlineData("""{"rope_scaling": {"rope_type": "yarn", "factor": 4, "beta_fast": 16}}""", "YaRN with other bounds")]
    [InlineData("""{"rope_scaling": {"rope_type": "yarn", "factor": 4, "truncate": false}}""", "YaRN without truncate")]
    [InlineData("""{"vocab_size": 6}""", "the vocabulary has 7 pieces, the model 6 rows")]
    public async Task Export_WhatLlamaCppCannotRun_IsRefused(string changes, string reason)
    {
        using SmallModel model = new(changes);
        await AssertRefused(model, "f32", reason);
    }

    [Theory]
    [InlineData(70000f)]
    [InlineData(-70000f)]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public async Task Export_ValueBeyondTheType_IsRefusedByName(float value)
    {
        using SmallModel model = new();
        model.Weights["model.layers.1.mlp.up_proj.weight"].Values[77] = value;
        model.Save();
        await AssertRefused(model, "f16", "the tensor blk.1.ffn_up.weight holds a value that f16 cannot; f32 can");
    }

    [Theory]
    [InlineData("model.layers.1.self_attn.q_proj.bias", "holds tensors that this model does not have")]
    [InlineData("lm_head.bias", "holds tensors that this model does not have")]
    public async Task Export_SurplusWeight_IsRefused(string name, string reason)
    {
        using SmallModel model = new();
        model.Weights.Add(name, ([4], [1, 2, 3, 4]));
        model.Save();
        await AssertRefused(model, "f32", reason);
    }

    [Fact]
    public async Task Export_MissingWeight_IsRefused()
    {
        using SmallModel model = new();
        model.Weights.Remove("model.layers.1.self_attn.v_proj.weight");
        model.Save();
        await AssertRefused(model, "f32", "tensor 'model.layers.1.self_attn.v_proj.weight' is missing");
    }

    private static async Task AssertRefused(SmallModel model, string dtype, string reason)
    {
        string[] before = model.Names();
        LabRun run = await model.ExportAsync(dtype);
        Assert.Equal((ExitCode.Failure, ""), (run.Code, run.Output));
        Assert.Contains(reason, run.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(before, model.Names());
    }
}
