using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Torch.Tests.Loading;

public sealed class ModelConfigRefusalTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("architectures", "[\"MixtralForCausalLM\"]", "architectures 'MixtralForCausalLM' is not supported (LlamaForCausalLM, ")]
    [InlineData("architectures", "\"LlamaForCausalLM\"", "architectures must be a list of strings")]
    [InlineData("architectures", "[7]", "architectures must be a string, found '7'")]
    [InlineData("model_type", "\"mistral\"", "model_type 'mistral' contradicts the architecture LlamaForCausalLM")]
    [InlineData("hidden_size", "", "hidden_size is missing")]
    [InlineData("hidden_size", "null", "hidden_size is missing")]
    [InlineData("hidden_size", "0", "hidden_size must be an integer from 1 to 65536, found '0'")]
    [InlineData("hidden_size", "65537", "hidden_size must be an integer from 1 to 65536")]
    [InlineData("hidden_size", "64.0", "hidden_size must be an integer")]
    [InlineData("hidden_size", "99999999999999999999", "hidden_size must be an integer")]
    [InlineData("hidden_size", "\"64\"", "hidden_size must be an integer, found '64'")]
    [InlineData("hidden_size", "66", "hidden_size (66) must be a multiple of num_attention_heads (8) where head_dim is missing")]
    [InlineData("hidden_size", "72", "head_dim (9) must be even")]
    [InlineData("intermediate_size", "", "intermediate_size is missing")]
    [InlineData("intermediate_size", "-1", "intermediate_size must be an integer")]
    [InlineData("num_hidden_layers", "1025", "num_hidden_layers must be an integer from 1 to 1024")]
    [InlineData("num_hidden_layers", "true", "num_hidden_layers must be an integer")]
    [InlineData("num_attention_heads", "", "num_attention_heads is missing")]
    [InlineData("num_key_value_heads", "3", "num_attention_heads (8) must be a multiple of num_key_value_heads (3)")]
    [InlineData("num_key_value_heads", "16", "num_key_value_heads must be an integer from 1 to 8")]
    [InlineData("head_dim", "7", "head_dim (7) must be even")]
    [InlineData("head_dim", "8192", "head_dim must be an integer from 2 to 4096")]
    [InlineData("vocab_size", "16777217", "vocab_size must be an integer from 1 to 16777216")]
    [InlineData("vocab_size", "[]", "vocab_size must be an integer, found a list")]
    [InlineData("max_position_embeddings", "0", "max_position_embeddings must be an integer")]
    [InlineData("rms_norm_eps", "-1e-5", "rms_norm_eps must be above 0")]
    [InlineData("rms_norm_eps", "\"NaN\"", "rms_norm_eps must be a number")]
    [InlineData("rms_norm_eps", "{}", "rms_norm_eps must be a number, found an object")]
    [InlineData("rope_theta", "0", "rope_theta must be above 1")]
    [InlineData("tie_word_embeddings", "1", "tie_word_embeddings must be true or false")]
    [InlineData("hidden_act", "\"gelu\"", "hidden_act 'gelu' is not supported (silu is)")]
    [InlineData("torch_dtype", "\"float64\"", "torch_dtype 'float64' is not supported")]
    [InlineData("bos_token_id", "512", "bos_token_id must be an integer from 0 to 511")]
    [InlineData("eos_token_id", "[1, -1]", "eos_token_id must be an integer from 0 to 511, found '-1'")]
    [InlineData("quantization_config", """{"quant_method": "gptq"}""", "quantization_config is not supported ('gptq')")]
    [InlineData("partial_rotary_factor", "0.25", "partial_rotary_factor below 1 is not supported")]
    [InlineData("layer_types", "[\"full_attention\"]", "layer_types has 1 entries for 5 layers")]
    public void Load_BadValue_IsRefusedByItsKey(string key, string json, string reason)
    {
        _folder.Write("config.json", Configs.With(Configs.Llama, (key, json)));
        AssertRefused("config.json", reason);
    }

    [Fact]
    public void Load_AttentionWiderThanAnyModel_IsRefused()
    {
        _folder.Write("config.json", Configs.With(Configs.Llama, ("num_attention_heads", "4096"), ("head_dim", "4096")));
        AssertRefused("config.json", "head_dim (4096) times num_attention_heads (4096) is above 1048576");
    }

    [Fact]
    public void Load_MistralWithMixedLayers_IsRefused()
    {
        const string Types = """["full_attention", "sliding_attention", "full_attention"]""";
        _folder.Write("config.json", Configs.With(Configs.Mistral, ("layer_types", Types)));
        AssertRefused("config.json", "layer_types contradicts sliding_window in layer 0");
    }

    [Theory]
    [InlineData("[\"sliding_attention\", \"a\", \"b\", \"c\"]", "layer_types has sliding_attention, but the model has no sliding window")]
    [InlineData("[\"full_attention\", \"chunked_attention\", \"b\", \"c\"]", "layer_types has 'chunked_attention', which is not supported")]
    public void Load_QwenWithBadLayerTypes_IsRefused(string json, string reason)
    {
        _folder.Write("config.json", Configs.With(Configs.Qwen3, ("layer_types", json)));
        AssertRefused("config.json", reason);
    }

    [Theory]
    [InlineData("{\"rms_norm_eps\": NaN}", "is not valid JSON")]
    [InlineData("{\"hidden_size\": 1, \"hidden_size\": 2}", "is not valid JSON")]
    [InlineData("[1]", "is not a JSON object")]
    [InlineData("{", "is not valid JSON")]
    [InlineData("{}", "architectures is missing")]
    [InlineData("{\"model_type\": \"gpt2\"}", "model_type 'gpt2' is not supported")]
    [InlineData("{\"model_type\": \"\\ud800\"}", "is not valid JSON")]
    [InlineData("", "is empty")]
    public void Load_BadText_IsRefused(string text, string reason)
    {
        _folder.Write("config.json", text);
        AssertRefused("config.json", reason);
    }

    [Fact]
    public void Load_BrokenUtf8_IsRefused()
    {
        File.WriteAllBytes(_folder.File("config.json"), [(byte)'{', (byte)'"', 0xff, (byte)'"', (byte)':', (byte)'1', (byte)'}']);
        AssertRefused("config.json", "is not UTF-8 text");
    }

    [Fact]
    public void Load_DeepJson_IsRefused()
    {
        _folder.Write("config.json", "{\"a\":" + new string('[', 5_000_000));
        AssertRefused("config.json", "is not valid JSON");
    }

    [Fact]
    public void Load_OversizedJson_IsRefused()
    {
        _folder.Write("config.json", new string(' ', (16 << 20) + 1));
        AssertRefused("config.json", "more than the 16777216 that are accepted");
    }

    [Fact]
    public void Load_ManyKeys_TakesLinearTime()
    {
        string junk = string.Join(',', Enumerable.Range(0, 500_000).Select(i => $"\"k{i}\":{i}"));
        _folder.Write("config.json", "{" + junk + "," + Configs.Llama[(Configs.Llama.IndexOf('{', StringComparison.Ordinal) + 1)..]);
        Assert.Equal(64, ModelConfig.Load(_folder.Path).HiddenSize);
    }

    [Fact]
    public void Load_MissingFile_IsNamed() => AssertRefused("config.json", "does not exist");

    [Fact]
    public void Load_FolderInPlaceOfFile_IsNamed()
    {
        Directory.CreateDirectory(_folder.File("config.json"));
        AssertRefused("config.json", "is a folder, not a file");
    }

    [Fact]
    public void Load_MissingFolder_IsNamed()
    {
        string missing = _folder.File("nothing");
        ModelLoadException refusal = Assert.Throws<ModelLoadException>(() => ModelConfig.Load(missing));
        Assert.Equal($"{missing}: this model folder does not exist", refusal.Message);
    }

    [Fact]
    public void Load_BadGenerationConfig_IsNamed()
    {
        _folder.Write("config.json", Configs.Llama);
        _folder.Write("generation_config.json", """{"eos_token_id": "x"}""");
        AssertRefused("generation_config.json", "eos_token_id must be an integer, found 'x'");
    }

    [Fact]
    public void Load_LineBreaksInNames_StayOneLine()
    {
        _folder.Write("config.json", Configs.With(Configs.Llama, ("hidden_act", "\"a\\nb\\u2028c\"")));
        AssertRefused("config.json", "hidden_act 'a\\u000ab\\u2028c' is not supported");
    }

    private void AssertRefused(string file, string reason)
    {
        ModelLoadException refusal = Assert.Throws<ModelLoadException>(() => ModelConfig.Load(_folder.Path));
        Assert.StartsWith(_folder.File(file) + ": ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.Equal(_folder.File(file), refusal.File);
    }
}
