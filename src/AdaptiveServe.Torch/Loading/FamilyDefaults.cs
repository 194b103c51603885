namespace AdaptiveServe.Torch.Loading;

/// <summary>What Hugging Face's configuration class of a family assumes for keys that <c>config.json</c> leaves out.</summary>
/// <remarks>
/// <see cref="KeyValueHeads"/> null means as many as attention heads; <see cref="HeadDim"/> null means hidden size / attention heads.
/// </remarks>
internal sealed record FamilyDefaults(
    string Architecture,
    string ModelType,
    int MaxPositions,
    int? KeyValueHeads = null,
    int? HeadDim = null,
    int? BosId = null,
    int? EosId = null)
{
    public const double RmsNormEpsilon = 1e-6;
    public const double RopeTheta = 10_000;
    public const int SlidingWindow = 4096;
    public const int MaxWindowLayers = 28;

    public static IReadOnlyDictionary<ModelFamily, FamilyDefaults> All { get; } = new Dictionary<ModelFamily, FamilyDefaults>
    {
        [ModelFamily.Llama] = new("LlamaForCausalLM", "llama", MaxPositions: 2048, BosId: 1, EosId: 2),
        [ModelFamily.Mistral] = new("MistralForCausalLM", "mistral", MaxPositions: 131_072, KeyValueHeads: 8, BosId: 1, EosId: 2),
        [ModelFamily.Qwen2] = new("Qwen2ForCausalLM", "qwen2", MaxPositions: 32_768, KeyValueHeads: 32),
        [ModelFamily.Qwen3] = new("Qwen3ForCausalLM", "qwen3", MaxPositions: 32_768, KeyValueHeads: 32, HeadDim: 128),
    };
}
