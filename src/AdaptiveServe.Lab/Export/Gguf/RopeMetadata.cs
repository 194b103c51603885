using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Export.Gguf;

/// <summary>What a GGUF file says about rotary positions: keys, and for Llama 3 a tensor.</summary>
internal static class RopeMetadata
{
    public static void Add(GgufMetadata metadata, string architecture, ModelConfig config)
    {
        string prefix = $"{architecture}.rope.";
        RopeScaling scaling = config.RopeScaling;
        metadata.Add(prefix + "dimension_count", (uint)config.HeadDim);
        metadata.Add(prefix + "freq_base", (float)config.RopeTheta);
        if (scaling.Kind is not (RopeKind.Linear or RopeKind.Yarn)) return;
        metadata.Add(prefix + "scaling.type", scaling.Kind == RopeKind.Linear ? "linear" : "yarn");
        metadata.Add(prefix + "scaling.factor", (float)scaling.Factor);
        if (scaling.Kind == RopeKind.Linear) return;
        metadata.Add(prefix + "scaling.original_context_length", (uint)scaling.OriginalMaxPositions);
        float extra = RotaryFrequencies.For(config).AttentionFactor / UsualAttentionFactor(config);
        if (Math.Abs(extra - 1) > 1e-6) metadata.Add(prefix + "scaling.attn_factor", extra);
    }

    /// <summary>What llama.cpp divides each of the plain frequencies by, so that Llama 3's come out.</summary>
    public static float[] Divisors(ModelConfig config)
    {
        float[] plain = RotaryFrequencies.Compute(config.HeadDim, config.RopeTheta, RopeScaling.None).Inverse;
        float[] scaled = RotaryFrequencies.For(config).Inverse;
        return [.. plain.Zip(scaled, (before, after) => before / after)];
    }

    /// <summary>The factor on cosine and sine that llama.cpp takes for YaRN by itself; the file holds what comes on top.</summary>
    private static float UsualAttentionFactor(ModelConfig config)
    {
        RopeScaling usual = config.RopeScaling with { AttentionFactor = null, MScale = null, MScaleAllDim = null };
        return RotaryFrequencies.Compute(config.HeadDim, config.RopeTheta, usual).AttentionFactor;
    }
}
