namespace AdaptiveServe.Torch.Loading;

/// <summary>The scaling of the rotary frequencies with its parameters, named as in Hugging Face's <c>rope_scaling</c>.</summary>
public sealed record RopeScaling
{
    /// <summary>Plain rotary embeddings.</summary>
    public static RopeScaling None { get; } = new();

    public RopeKind Kind { get; init; } = RopeKind.None;

    /// <summary>How many times longer the context became; used by every kind but <see cref="RopeKind.None"/>.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>The context of pre-training in tokens (<c>original_max_position_embeddings</c>); Llama 3 and YaRN.</summary>
    public int OriginalMaxPositions { get; init; }

    /// <summary>Llama 3: wavelengths above the original context divided by this are divided by <see cref="Factor"/>.</summary>
    public double LowFrequencyFactor { get; init; } = 1;

    /// <summary>Llama 3: wavelengths below the original context divided by this are kept.</summary>
    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary>YaRN: dimensions that turn more often than this within the original context are kept.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>YaRN: dimensions that turn less often than this within the original context are divided by <see cref="Factor"/>.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>YaRN: the factor on cosine and sine; null computes it from <see cref="Factor"/> and the two mscale values.</summary>
    public double? AttentionFactor { get; init; }

    /// <summary>YaRN as DeepSeek writes it: with <see cref="MScaleAllDim"/>, replaces the default attention factor by a quotient.</summary>
    public double? MScale { get; init; }

    /// <inheritdoc cref="MScale"/>
    public double? MScaleAllDim { get; init; }

    /// <summary>YaRN: whether the bounds of the ramp are rounded outwards to whole dimensions.</summary>
    public bool Truncate { get; init; } = true;
}
