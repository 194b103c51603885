using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Loading;

/// <summary>Turns the root object of <c>config.json</c> into a <see cref="ModelConfig"/>.</summary>
internal static class ModelConfigParser
{
    public const int MaxPositionsLimit = 1 << 30;

    private const int MaxHiddenSize = 65_536;
    private const int MaxIntermediateSize = 1 << 20;
    private const int MaxLayers = 1024;
    private const int MaxHeads = 4096;
    private const int MaxHeadDim = 4096;
    private const int MaxAttentionWidth = 1 << 20;
    private const int MaxVocabularySize = 1 << 24;

    public static ModelConfig Parse(JsonSection root)
    {
        ModelFamily family = FindFamily(root);
        FamilyDefaults defaults = FamilyDefaults.All[family];
        RefuseQuantized(root);

        int hidden = root.Integer("hidden_size", 1, MaxHiddenSize);
        int layers = root.Integer("num_hidden_layers", 1, MaxLayers);
        int heads = root.Integer("num_attention_heads", 1, MaxHeads);
        int vocabulary = root.Integer("vocab_size", 1, MaxVocabularySize);
        int maxPositions = root.OptionalInteger("max_position_embeddings", 1, MaxPositionsLimit) ?? defaults.MaxPositions;
        (double theta, RopeScaling scaling) = RopeScalingParser.Parse(root, maxPositions);
        bool biased = family is ModelFamily.Llama or ModelFamily.Qwen3 && (root.OptionalFlag("attention_bias") ?? false);

        return new ModelConfig
        {
            Family = family,
            HiddenSize = hidden,
            IntermediateSize = root.Integer("intermediate_size", 1, MaxIntermediateSize),
            Layers = layers,
            AttentionHeads = heads,
            KeyValueHeads = KeyValueHeads(root, heads, defaults),
            HeadDim = HeadDim(root, hidden, heads, defaults),
            VocabularySize = vocabulary,
            MaxPositions = maxPositions,
            RmsNormEpsilon = root.OptionalNumber("rms_norm_eps", above: 0, max: 1) ?? FamilyDefaults.RmsNormEpsilon,
            RopeTheta = theta,
            RopeScaling = scaling,
            TieWordEmbeddings = root.OptionalFlag("tie_word_embeddings") ?? false,
            AttentionBias = family == ModelFamily.Qwen2 || biased,
            AttentionOutputBias = biased,
            MlpBias = family == ModelFamily.Llama && (root.OptionalFlag("mlp_bias") ?? false),
            QueryKeyNorm = family == ModelFamily.Qwen3,
            SlidingWindows = SlidingWindowParser.Parse(root, family, layers),
            TorchDtype = Dtype(root),
            BosId = BosId(root, vocabulary, defaults),
            EosIds = EosIds(root, vocabulary) ?? DefaultEosIds(root, vocabulary, defaults),
            HiddenAct = Activation(root),
        };
    }

    /// <summary>The end tokens that a file names, without repetitions, or null when it names none.</summary>
    public static IReadOnlyList<int>? EosIds(JsonSection root, int vocabulary) =>
        root.OptionalIntegers("eos_token_id", 0, vocabulary - 1)?.Distinct().ToArray();

    private static ModelFamily FindFamily(JsonSection root)
    {
        string[] architectures = root.OptionalTexts("architectures") ?? [];
        string? modelType = root.OptionalText("model_type");
        if (architectures.Length == 0 && modelType is null) throw root.Refuse("architectures", "is missing");

        foreach ((ModelFamily family, FamilyDefaults known) in FamilyDefaults.All)
        {
            if (architectures.Length > 0 ? !architectures.Contains(known.Architecture) : modelType != known.ModelType) continue;
            if (modelType is null || modelType == known.ModelType) return family;
            throw root.Refuse("model_type", $"{ModelLoadException.Quote(modelType)} contradicts the architecture {known.Architecture}");
        }

        string supported = $"is not supported ({string.Join(", ", FamilyDefaults.All.Values.Select(known => known.Architecture))} are)";
        throw architectures.Length > 0
            ? root.Refuse("architectures", $"{ModelLoadException.Quote(architectures[0])} {supported}")
            : root.Refuse("model_type", $"{ModelLoadException.Quote(modelType!)} {supported}");
    }

    private static void RefuseQuantized(JsonSection root)
    {
        if (root.OptionalSection("quantization_config") is not { } quantization) return;
        string method = quantization.OptionalText("quant_method") is { } name ? $" ({ModelLoadException.Quote(name)})" : "";
        throw root.Refuse("quantization_config", $"is not supported{method}: load the checkpoint with float weights");
    }

    private static int KeyValueHeads(JsonSection root, int heads, FamilyDefaults defaults)
    {
        const string Key = "num_key_value_heads";
        int? assumed = root.HasKey(Key) ? null : defaults.KeyValueHeads;
        int count = root.OptionalInteger(Key, 1, heads) ?? assumed ?? heads;
        return heads % count == 0 ? count : throw root.Refuse("num_attention_heads", $"({heads}) must be a multiple of {Key} ({count})");
    }

    private static int HeadDim(JsonSection root, int hidden, int heads, FamilyDefaults defaults)
    {
        int? declared = root.OptionalInteger("head_dim", 2, MaxHeadDim) ?? defaults.HeadDim;
        if (declared is null && hidden % heads != 0)
        {
            throw root.Refuse("hidden_size", $"({hidden}) must be a multiple of num_attention_heads ({heads}) where head_dim is missing");
        }

        int dim = declared ?? hidden / heads;
        if (dim % 2 != 0) throw root.Refuse("head_dim", $"({dim}) must be even");
        return heads * dim <= MaxAttentionWidth
            ? dim
            : throw root.Refuse("head_dim", $"({dim}) times num_attention_heads ({heads}) is above {MaxAttentionWidth}");
    }

    private static ScalarType? Dtype(JsonSection root)
    {
        string key = root.Has("dtype") ? "dtype" : "torch_dtype";
        return root.OptionalText(key) switch
        {
            null => null,
            "float32" => ScalarType.Float32,
            "float16" => ScalarType.Float16,
            "bfloat16" => ScalarType.BFloat16,
            { } other => throw root.Refuse(key, $"{ModelLoadException.Quote(other)} is not supported (float32, float16 and bfloat16 are)"),
        };
    }

    private static string Activation(JsonSection root)
    {
        string activation = root.OptionalText("hidden_act") ?? "silu";
        return activation == "silu"
            ? activation
            : throw root.Refuse("hidden_act", $"{ModelLoadException.Quote(activation)} is not supported (silu is)");
    }

    private static int? BosId(JsonSection root, int vocabulary, FamilyDefaults defaults) =>
        root.HasKey("bos_token_id") ? root.OptionalInteger("bos_token_id", 0, vocabulary - 1) : InVocabulary(defaults.BosId, vocabulary);

    /// <summary>For a config that names no end token: none where it says null, the family's where the key is missing.</summary>
    private static int[] DefaultEosIds(JsonSection root, int vocabulary, FamilyDefaults defaults) =>
        !root.HasKey("eos_token_id") && InVocabulary(defaults.EosId, vocabulary) is { } id ? [id] : [];

    private static int? InVocabulary(int? id, int vocabulary) => id < vocabulary ? id : null;
}
