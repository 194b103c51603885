using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Torch.Tests.Loading;

public sealed class ModelConfigRopeTests : IDisposable
{
    private const string Llama31 = """
        {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_Llama3Scaling_ReadsItsParameters()
    {
        ModelConfig config = Load(("rope_scaling", Llama31), ("rope_theta", "500000.0"));
        Assert.Equal(500_000, config.RopeTheta);
        RopeScaling expected = new() { Kind = RopeKind.Llama3, Factor = 8, LowFrequencyFactor = 1, HighFrequencyFactor = 4 };
        Assert.Equal(expected with { OriginalMaxPositions = 8192 }, config.RopeScaling);
    }

    [Fact]
    public void Load_LegacyType_IsRead()
    {
        RopeScaling scaling = Load(("rope_scaling", """{"type": "linear", "factor": 2}""")).RopeScaling;
        Assert.Equal(new RopeScaling { Kind = RopeKind.Linear, Factor = 2 }, scaling);
    }

    [Fact]
    public void Load_RopeParameters_HoldThetaAndType()
    {
        ModelConfig config = Load(("rope_parameters", """{"rope_theta": 1000000, "rope_type": "default"}"""), ("rope_theta", "5"));
        Assert.Equal(1_000_000, config.RopeTheta);
        Assert.Equal(RopeKind.None, config.RopeScaling.Kind);
    }

    [Fact]
    public void Load_RopeParametersWithScaling_AreRead()
    {
        ModelConfig config = Load(("rope_parameters", Llama31.Replace("{", "{\"rope_theta\": 500000, ", StringComparison.Ordinal)));
        Assert.Equal(500_000, config.RopeTheta);
        Assert.Equal(RopeKind.Llama3, config.RopeScaling.Kind);
    }

    [Fact]
    public void Load_BothObjects_TheOlderWins()
    {
        ModelConfig config = Load(
            ("rope_scaling", """{"type": "linear", "factor": 2}"""), ("rope_parameters", """{"rope_theta": 77, "rope_type": "default"}"""));
        Assert.Equal(RopeKind.Linear, config.RopeScaling.Kind);
        Assert.Equal(77, config.RopeTheta);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    public void Load_EmptyScaling_IsNone(string json) => Assert.Equal(RopeScaling.None, Load(("rope_scaling", json)).RopeScaling);

    [Fact]
    public void Load_Yarn_ReadsItsParameters()
    {
        const string Yarn = """
            {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32768, "beta_fast": 16, "beta_slow": 2,
             "mscale": 0.707, "mscale_all_dim": 0, "attention_factor": 1.5, "truncate": false}
            """;
        Assert.Equal(
            new RopeScaling
            {
                Kind = RopeKind.Yarn,
                Factor = 4,
                OriginalMaxPositions = 32_768,
                BetaFast = 16,
                BetaSlow = 2,
                MScale = 0.707,
                AttentionFactor = 1.5,
                Truncate = false,
            },
            Load(("rope_scaling", Yarn)).RopeScaling);
    }

    [Fact]
    public void Load_YarnWithoutFactor_TakesTheQuotientOfTheContexts()
    {
        RopeScaling scaling = Load(
            ("rope_scaling", """{"type": "yarn", "original_max_position_embeddings": 1024, "beta_fast": 0}"""),
            ("max_position_embeddings", "4096")).RopeScaling;
        Assert.Equal(4, scaling.Factor);
        Assert.Equal(32, scaling.BetaFast);
    }

    [Fact]
    public void Load_YarnWithoutOriginalContext_TakesTheDeclaredOne() =>
        Assert.Equal(2048, Load(("rope_scaling", """{"type": "yarn", "factor": 2}""")).RopeScaling.OriginalMaxPositions);

    [Theory]
    [InlineData("""{"rope_type": "dynamic", "factor": 2}""", "rope_scaling.rope_type 'dynamic' is not supported")]
    [InlineData("""{"type": "longrope", "factor": 2}""", "rope_scaling.rope_type 'longrope' is not supported")]
    [InlineData("""{"factor": 2}""", "rope_scaling.rope_type is missing")]
    [InlineData("""{"rope_type": "linear"}""", "rope_scaling.factor is missing")]
    [InlineData("""{"rope_type": "linear", "factor": 0}""", "rope_scaling.factor must be above 0")]
    [InlineData("""{"rope_type": "linear", "factor": "2"}""", "rope_scaling.factor must be a number, found '2'")]
    [InlineData("""{"rope_type": "linear", "factor": 1e999}""", "rope_scaling.factor must be above 0 and at most 1000000")]
    [InlineData("""{"rope_type": 3}""", "rope_scaling.rope_type must be a string")]
    [InlineData("""{"rope_type": "llama3", "factor": 8, "high_freq_factor": 4}""", "rope_scaling.low_freq_factor is missing")]
    [InlineData("""{"rope_type": "llama3", "factor": 8, "low_freq_factor": 4, "high_freq_factor": 4}""", "must be above low_freq_factor")]
    [InlineData("""{"rope_type": "yarn", "factor": 8, "beta_fast": 1, "beta_slow": 2}""", "rope_scaling.beta_fast must be above beta_slow")]
    [InlineData("""{"rope_type": "yarn", "factor": 8, "original_max_position_embeddings": 0}""", "embeddings must be an integer from 1")]
    [InlineData("""{"full_attention": {"rope_type": "default"}}""", "rope_scaling.full_attention is not supported")]
    [InlineData("""{"rope_type": "default", "partial_rotary_factor": 0.5}""", "partial_rotary_factor below 1 is not supported")]
    [InlineData("[]", "rope_scaling must be an object, found a list")]
    public void Load_UnsupportedScaling_IsRefusedByItsKey(string json, string reason)
    {
        ModelLoadException refusal = Assert.Throws<ModelLoadException>(() => Load(("rope_scaling", json)));
        Assert.StartsWith(_folder.File("config.json") + ": ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    private ModelConfig Load(params (string Key, string Json)[] changes) => Configs.Load(_folder, Configs.Llama, changes);
}
