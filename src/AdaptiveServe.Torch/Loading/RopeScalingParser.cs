namespace AdaptiveServe.Torch.Loading;

/// <summary>Reads <c>rope_theta</c>, <c>rope_scaling</c> and <c>rope_parameters</c> (what transformers 5 writes) of a config.</summary>
internal static class RopeScalingParser
{
    private const double MaxFactor = 1e6;
    private const double MaxTheta = 1e15;

    public static (double Theta, RopeScaling Scaling) Parse(JsonSection root, int maxPositions)
    {
        RefusePartialRotation(root);
        JsonSection? scaling = root.OptionalSection("rope_scaling");
        JsonSection? parameters = root.OptionalSection("rope_parameters");

        // As in transformers 5: the older key wins where it says anything, and an inner theta wins over the outer one.
        JsonSection? chosen = scaling is { IsEmpty: false } ? scaling : parameters;
        double theta = (chosen is { } section ? Theta(section) : null)
            ?? Theta(root)
            ?? (parameters is { } other ? Theta(other) : null)
            ?? FamilyDefaults.RopeTheta;
        return (theta, chosen is { } found ? ParseScaling(root, found, maxPositions) : RopeScaling.None);
    }

    // YaRN divides by the logarithm of theta, and at 1 or less the frequencies would not fall.
    private static double? Theta(JsonSection section) => section.OptionalNumber("rope_theta", above: 1, MaxTheta);

    private static RopeScaling ParseScaling(JsonSection root, JsonSection section, int maxPositions)
    {
        RefusePartialRotation(section);
        foreach (string perLayer in (string[])["full_attention", "sliding_attention"])
        {
            if (section.Has(perLayer)) throw section.Refuse(perLayer, "is not supported: rotary parameters must be the same in all layers");
        }

        string? kind = section.OptionalText("rope_type") ?? section.OptionalText("type");
        if (kind is null && section.Has("factor")) throw section.Refuse("rope_type", "is missing");
        return kind switch
        {
            null or "default" => RopeScaling.None,
            "linear" => new RopeScaling { Kind = RopeKind.Linear, Factor = Required(section, "factor") },
            "llama3" => ParseLlama3(root, section, maxPositions),
            "yarn" => ParseYarn(root, section, maxPositions),
            _ => throw section.Refuse(
                "rope_type", $"{ModelLoadException.Quote(kind)} is not supported (default, linear, llama3 and yarn are)"),
        };
    }

    private static RopeScaling ParseLlama3(JsonSection root, JsonSection section, int maxPositions)
    {
        double low = Required(section, "low_freq_factor");
        double high = Required(section, "high_freq_factor");
        if (high <= low) throw section.Refuse("high_freq_factor", "must be above low_freq_factor");
        return new RopeScaling
        {
            Kind = RopeKind.Llama3,
            Factor = Required(section, "factor"),
            LowFrequencyFactor = low,
            HighFrequencyFactor = high,
            OriginalMaxPositions = OriginalMaxPositions(root, section, maxPositions),
        };
    }

    private static RopeScaling ParseYarn(JsonSection root, JsonSection section, int maxPositions)
    {
        int original = OriginalMaxPositions(root, section, maxPositions);
        double fast = NumberUnlessZero(section, "beta_fast") ?? 32;
        double slow = NumberUnlessZero(section, "beta_slow") ?? 1;
        if (fast <= slow) throw section.Refuse("beta_fast", "must be above beta_slow");
        return new RopeScaling
        {
            Kind = RopeKind.Yarn,
            // A written factor wins over the quotient of the context lengths, which often does not match it.
            Factor = Optional(section, "factor") ?? (double)maxPositions / original,
            OriginalMaxPositions = original,
            BetaFast = fast,
            BetaSlow = slow,
            AttentionFactor = Optional(section, "attention_factor"),
            MScale = NumberUnlessZero(section, "mscale"),
            MScaleAllDim = NumberUnlessZero(section, "mscale_all_dim"),
            Truncate = section.OptionalFlag("truncate") ?? true,
        };
    }

    private static double Required(JsonSection section, string key) => Optional(section, key) ?? throw section.Refuse(key, "is missing");

    private static double? Optional(JsonSection section, string key) => section.OptionalNumber(key, above: 0, MaxFactor);

    /// <summary>Hugging Face treats zero in these keys like a missing value.</summary>
    private static double? NumberUnlessZero(JsonSection section, string key) => section.IsZero(key) ? null : Optional(section, key);

    private static int OriginalMaxPositions(JsonSection root, JsonSection section, int maxPositions) =>
        root.OptionalInteger("original_max_position_embeddings", 1, ModelConfigParser.MaxPositionsLimit)
        ?? section.OptionalInteger("original_max_position_embeddings", 1, ModelConfigParser.MaxPositionsLimit)
        ?? maxPositions;

    private static void RefusePartialRotation(JsonSection section)
    {
        if (section.OptionalNumber("partial_rotary_factor", above: 0, max: 1) is < 1)
        {
            throw section.Refuse("partial_rotary_factor", "below 1 is not supported");
        }
    }
}
