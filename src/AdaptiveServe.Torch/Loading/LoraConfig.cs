namespace AdaptiveServe.Torch.Loading;

/// <summary>What <c>adapter_config.json</c> of a Hugging Face PEFT folder says of a low-rank adapter.</summary>
/// <param name="Rank">Of all its matrices.</param>
/// <param name="Scale">What B A is multiplied with.</param>
/// <param name="Targets">The ends of the names of the adapted modules; null where a pattern chose them, and the tensors alone say which.</param>
/// <param name="Layers">The layers that are adapted; null for all.</param>
internal sealed record LoraConfig(int Rank, float Scale, IReadOnlySet<string>? Targets, IReadOnlySet<int>? Layers)
{
    private const int MaxRank = 1 << 16;
    private const double MaxAlpha = 1e6;

    /// <summary>Fields that say nothing about the weights, and those that are read here.</summary>
    private static readonly HashSet<string> Known =
    [
        "auto_mapping", "base_model_name_or_path", "inference_mode", "lora_dropout", "megatron_core", "peft_version", "qalora_group_size", "revision",
        "runtime_config", "task_type",
        "bias", "init_lora_weights", "layers_to_transform", "lora_alpha", "peft_type", "r", "target_modules", "use_rslora",
    ];

    /// <summary>First weights that leave the base model's as they are; others (PiSSA, OLoRA, LoftQ) change those too.</summary>
    private static readonly string[] PlainBeginnings = ["gaussian", "eva", "orthogonal"];

    /// <param name="root">The file's object.</param>
    /// <exception cref="ModelLoadException">It is of another kind, or a field is malformed or asks for what is not built.</exception>
    public static LoraConfig Parse(JsonSection root)
    {
        if (root.OptionalText("peft_type") is not "LORA") throw root.Refuse("peft_type", "must be 'LORA'");
        foreach (string key in root.SetKeys())
            if (!Known.Contains(key)) throw root.Refuse(ModelLoadException.Quote(key), "is set, and only plain low-rank adapters are understood");
        if ((root.OptionalText("bias") ?? "none") != "none") throw root.Refuse("bias", "must be 'none'");
        if (root.IsText("init_lora_weights") && !PlainBeginnings.Contains(root.OptionalText("init_lora_weights")))
            throw root.Refuse("init_lora_weights", "is of a kind that changes the base model's weights too");

        int rank = root.Integer("r", 1, MaxRank);
        double alpha = root.OptionalNumber("lora_alpha", 0, MaxAlpha) ?? throw root.Refuse("lora_alpha", "is missing");
        double scale = root.OptionalFlag("use_rslora") == true ? alpha / Math.Sqrt(rank) : alpha / rank;
        string[]? targets = root.IsText("target_modules") ? null : root.OptionalTexts("target_modules") ?? throw root.Refuse("target_modules", "is missing");
        return new LoraConfig(
            rank, (float)scale, targets?.ToHashSet(StringComparer.Ordinal), root.OptionalIntegers("layers_to_transform", 0, int.MaxValue)?.ToHashSet());
    }

    /// <summary>Whether the list of modules names one; null where there is no list.</summary>
    /// <param name="module">Such as <c>model.layers.0.self_attn.q_proj</c>.</param>
    /// <param name="layer">Its layer.</param>
    public bool? Adapts(string module, int layer)
    {
        if (Targets is null) return null;
        if (Layers?.Contains(layer) == false) return false;
        string end = module;
        while (!Targets.Contains(end))
        {
            int dot = end.IndexOf('.', StringComparison.Ordinal);
            if (dot < 0) return false;
            end = end[(dot + 1)..];
        }

        return true;
    }
}
