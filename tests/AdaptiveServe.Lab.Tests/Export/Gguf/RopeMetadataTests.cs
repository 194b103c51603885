namespace AdaptiveServe.Lab.Tests.Export.Gguf;

public class RopeMetadataTests
{
    [Fact]
    public async Task Export_Llama3Scaling_IsATensorOfDivisors()
    {
        using SmallModel model = new("""
            {
              "max_position_embeddings": 8192, "rope_theta": 500000.0,
              "rope_scaling": {
                "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                "original_max_position_embeddings": 1024
              }
            }
            """);
        GgufFile file = await model.ExportedAsync();
        float[] divisors = file.Tensors["rope_freqs.weight"].Values();
        Assert.Equal(model.Config.HeadDim / 2, divisors.Length);
        for (int i = 0; i < divisors.Length; i++)
        {
            // Llama 3.1: short waves stay, long ones are stretched eightfold, those between mix both frequencies.
            double frequency = Math.Pow(500000, -2.0 * i / model.Config.HeadDim), turns = 1024 * frequency / (2 * Math.PI);
            double share = Math.Clamp((turns - 1) / (4 - 1), 0, 1);
            Assert.Equal(1 / (share + (1 - share) / 8), divisors[i], 1e-5);
        }

        Assert.DoesNotContain(file.Metadata.Keys, key => key.Contains("scaling", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Export_LinearScaling_IsAKey()
    {
        using SmallModel model = new("""{"rope_scaling": {"rope_type": "linear", "factor": 4.0}}""");
        GgufFile file = await model.ExportedAsync();
        Assert.Equal("linear", file.Value<string>("llama.rope.scaling.type"));
        Assert.Equal(4f, file.Value<float>("llama.rope.scaling.factor"));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData(""", "attention_factor": 1.5""", 1.5 / 1.1386294)]
    public async Task Export_YarnScaling_IsKeys(string more, double? extraFactor)
    {
        string scaling = $$"""{"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64{{more}}}""";
        using SmallModel model = new($$"""{"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "rope_scaling": {{scaling}}}""");
        GgufFile file = await model.ExportedAsync();
        Assert.Equal("yarn", file.Value<string>("qwen2.rope.scaling.type"));
        Assert.Equal(4f, file.Value<float>("qwen2.rope.scaling.factor"));
        Assert.Equal(64u, file.Value<uint>("qwen2.rope.scaling.original_context_length"));

        // llama.cpp multiplies what the file says with 1 + ln(4) / 10.
        const string Key = "qwen2.rope.scaling.attn_factor";
        if (extraFactor is { } factor) Assert.Equal(factor, file.Value<float>(Key), 1e-5);
        else Assert.DoesNotContain(Key, file.Metadata.Keys);
    }
}
