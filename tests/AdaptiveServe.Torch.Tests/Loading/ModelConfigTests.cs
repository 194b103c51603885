using AdaptiveServe.Tests;
using AdaptiveServe.Torch.Loading;
using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Tests.Loading;

public sealed class ModelConfigTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("stories260K", 64, 172, 512, 512)]
    [InlineData("babyllama-105", 128, 352, 105, 256)]
    public void Load_RealModel_GivesItsValues(string name, int hidden, int intermediate, int vocabulary, int positions)
    {
        ModelConfig config = ModelConfig.Load(SharedData.Path($"models/{name}"));

        Assert.Equal(ModelFamily.Llama, config.Family);
        Assert.Equal(hidden, config.HiddenSize);
        Assert.Equal(intermediate, config.IntermediateSize);
        Assert.Equal(5, config.Layers);
        Assert.Equal(8, config.AttentionHeads);
        Assert.Equal(4, config.KeyValueHeads);
        Assert.Equal(hidden / 8, config.HeadDim);
        Assert.Equal(vocabulary, config.VocabularySize);
        Assert.Equal(positions, config.MaxPositions);
        Assert.Equal(1e-5, config.RmsNormEpsilon);
        Assert.Equal(10_000, config.RopeTheta);
        Assert.Equal(RopeKind.None, config.RopeScaling.Kind);
        Assert.True(config.TieWordEmbeddings);
        Assert.False(config.AttentionBias || config.AttentionOutputBias || config.MlpBias || config.QueryKeyNorm);
        Assert.Equal(ScalarType.Float32, config.TorchDtype);
        Assert.Equal(1, config.BosId);
        Assert.Equal([2], config.EosIds);
        Assert.Null(config.SlidingWindowFor(4));
    }

    [Fact]
    public void Load_LlamaWithSizesOnly_TakesHuggingFacesDefaults()
    {
        ModelConfig config = Load(Configs.Llama, ("num_key_value_heads", ""));
        Assert.Equal(8, config.KeyValueHeads);
        Assert.Equal(8, config.HeadDim);
        Assert.Equal(2048, config.MaxPositions);
        Assert.Equal(1e-6, config.RmsNormEpsilon);
        Assert.Equal(10_000, config.RopeTheta);
        Assert.False(config.TieWordEmbeddings);
        Assert.Equal(1, config.BosId);
        Assert.Equal([2], config.EosIds);
        Assert.Null(config.TorchDtype);
        Assert.Equal("silu", config.HiddenAct);
    }

    [Fact]
    public void Load_LlamaWithBiases_PutsThemOnAllProjections()
    {
        ModelConfig config = Load(Configs.Llama, ("attention_bias", "true"), ("mlp_bias", "true"));
        Assert.True(config.AttentionBias && config.AttentionOutputBias && config.MlpBias);
    }

    [Fact]
    public void Load_LlamaWithHeadDim_IgnoresTheQuotient() => Assert.Equal(32, Load(Configs.Llama, ("head_dim", "32")).HeadDim);

    [Theory]
    [InlineData("", 4096)]
    [InlineData("256", 256)]
    [InlineData("null", null)]
    public void Load_Mistral_SlidesInAllLayers(string window, int? expected)
    {
        ModelConfig config = Load(Configs.Mistral, ("sliding_window", window));
        Assert.All(Enumerable.Range(0, 3), layer => Assert.Equal(expected, config.SlidingWindowFor(layer)));
        Assert.Equal(131_072, config.MaxPositions);
    }

    [Fact]
    public void Load_MistralWithoutKeyValueHeads_HasEight() =>
        Assert.Equal(8, Load(Configs.Mistral, ("num_key_value_heads", "")).KeyValueHeads);

    [Fact]
    public void Load_MistralWithNullKeyValueHeads_HasAsManyAsHeads() =>
        Assert.Equal(4, Load(Configs.Mistral, ("num_key_value_heads", "null"), ("num_attention_heads", "4")).KeyValueHeads);

    [Fact]
    public void Load_Qwen2_HasBiasesOnQueryKeyValueOnly()
    {
        ModelConfig config = Load(Configs.Qwen2, ("sliding_window", "32768"), ("eos_token_id", "[7, 9, 7]"));
        Assert.True(config.AttentionBias);
        Assert.False(config.AttentionOutputBias || config.MlpBias || config.QueryKeyNorm);
        Assert.Equal(32_768, config.MaxPositions);
        Assert.Null(config.SlidingWindowFor(3)); // use_sliding_window is false unless said otherwise
        Assert.Null(config.BosId);
        Assert.Equal([7, 9], config.EosIds);
    }

    [Fact]
    public void Load_Qwen2WithSlidingWindow_KeepsTheFirstLayersWhole()
    {
        ModelConfig config = Load(Configs.Qwen2, ("use_sliding_window", "true"), ("sliding_window", "128"), ("max_window_layers", "3"));
        Assert.Equal([null, null, null, 128], Enumerable.Range(0, 4).Select(config.SlidingWindowFor));
    }

    [Fact]
    public void Load_Qwen2WithSlidingWindowByDefault_SlidesFromLayerTwentyEight()
    {
        ModelConfig config = Load(Configs.Qwen2, ("use_sliding_window", "true"), ("num_hidden_layers", "30"));
        Assert.Null(config.SlidingWindowFor(27));
        Assert.Equal(4096, config.SlidingWindowFor(28));
    }

    [Fact]
    public void Load_Qwen3WithLayerTypes_FollowsThem()
    {
        ModelConfig config = Load(
            Configs.Qwen3,
            ("use_sliding_window", "true"),
            ("sliding_window", "64"),
            ("layer_types", """["sliding_attention", "full_attention", "sliding_attention", "full_attention"]"""));
        Assert.Equal([64, null, 64, null], Enumerable.Range(0, 4).Select(config.SlidingWindowFor));
    }

    [Fact]
    public void Load_Qwen3_NormalisesQueriesAndKeysAndHasItsOwnHeadDim()
    {
        ModelConfig config = Load(Configs.Qwen3);
        Assert.True(config.QueryKeyNorm);
        Assert.False(config.AttentionBias || config.AttentionOutputBias);
        Assert.Equal(128, config.HeadDim);
        Assert.True(Load(Configs.Qwen3, ("attention_bias", "true")).AttentionOutputBias);
    }

    [Fact]
    public void Load_ModelTypeAlone_NamesTheFamily() => Assert.Equal(ModelFamily.Qwen3, Load(Configs.Qwen3, ("architectures", "")).Family);

    [Fact]
    public void Load_ArchitectureAlone_NamesTheFamily() =>
        Assert.Equal(ModelFamily.Mistral, Load(Configs.Mistral, ("model_type", "")).Family);

    [Theory]
    [InlineData("torch_dtype", "\"float32\"", ScalarType.Float32)]
    [InlineData("torch_dtype", "\"float16\"", ScalarType.Float16)]
    [InlineData("dtype", "\"bfloat16\"", ScalarType.BFloat16)]
    [InlineData("dtype", "null", null)]
    public void Load_Dtype_UnderBothNames(string key, string json, ScalarType? expected) =>
        Assert.Equal(expected, Load(Configs.Llama, (key, json)).TorchDtype);

    [Fact]
    public void Load_GenerationConfig_NamesTheEndTokens()
    {
        _folder.Write("generation_config.json", """{"eos_token_id": [3, 4, 3]}""");
        Assert.Equal([3, 4], Load(Configs.Llama).EosIds);
    }

    [Fact]
    public void Load_GenerationConfigWithoutEndTokens_LeavesThoseOfTheConfig()
    {
        _folder.Write("generation_config.json", """{"temperature": 0.6}""");
        Assert.Equal([5], Load(Configs.Llama, ("eos_token_id", "5")).EosIds);
    }

    [Fact]
    public void Load_NullTokens_MeanNone()
    {
        ModelConfig config = Load(Configs.Llama, ("eos_token_id", "null"), ("bos_token_id", "null"));
        Assert.Empty(config.EosIds);
        Assert.Null(config.BosId);
    }

    [Fact]
    public void Load_ThroughLinks_Works()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        using TempFolder cache = new();
        cache.Write("blob", Configs.Llama);
        File.CreateSymbolicLink(_folder.File("config.json"), cache.File("blob"));
        Assert.Equal(64, ModelConfig.Load(_folder.Path).HiddenSize);
    }

    [Fact]
    public void SlidingWindowFor_LayerOutside_Throws()
    {
        ModelConfig config = Load(Configs.Llama);
        Assert.Throws<ArgumentOutOfRangeException>(() => config.SlidingWindowFor(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => config.SlidingWindowFor(-1));
    }

    private ModelConfig Load(string config, params (string Key, string Json)[] changes) => Configs.Load(_folder, config, changes);
}
