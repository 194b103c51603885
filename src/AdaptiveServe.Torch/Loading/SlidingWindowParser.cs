namespace AdaptiveServe.Torch.Loading;

/// <summary>Finds out which layers attend through a sliding window.</summary>
internal static class SlidingWindowParser
{
    private const string Sliding = "sliding_attention";
    private const string Full = "full_attention";

    public static int?[] Parse(JsonSection root, ModelFamily family, int layers)
    {
        int? window = Window(root, family);
        int firstLayer = family == ModelFamily.Mistral
            ? 0
            : root.OptionalInteger("max_window_layers", 0, int.MaxValue) ?? FamilyDefaults.MaxWindowLayers;
        int?[] windows = [.. Enumerable.Range(0, layers).Select(layer => layer >= firstLayer ? window : null)];
        if (root.OptionalTexts("layer_types") is { } types) Apply(root, family, types, window, windows);
        return windows;
    }

    private static int? Window(JsonSection root, ModelFamily family)
    {
        bool used = family switch
        {
            ModelFamily.Mistral => true,
            ModelFamily.Qwen2 or ModelFamily.Qwen3 => root.OptionalFlag("use_sliding_window") ?? false,
            _ => false,
        };
        if (!used) return null;
        return root.HasKey("sliding_window")
            ? root.OptionalInteger("sliding_window", 1, int.MaxValue)
            : FamilyDefaults.SlidingWindow;
    }

    private static void Apply(JsonSection root, ModelFamily family, string[] types, int? window, int?[] windows)
    {
        if (types.Length != windows.Length) throw root.Refuse("layer_types", $"has {types.Length} entries for {windows.Length} layers");
        for (int layer = 0; layer < types.Length; layer++)
        {
            int? declared = types[layer] switch
            {
                Full => null,
                Sliding when window is not null => window,
                Sliding => throw root.Refuse("layer_types", $"has {Sliding}, but the model has no sliding window"),
                _ => throw root.Refuse(
                    "layer_types", $"has {ModelLoadException.Quote(types[layer])}, which is not supported ({Full} and {Sliding} are)"),
            };

            // Only Qwen's decoders read this key; elsewhere a list that says something else than the window is a contradiction.
            bool decides = family is ModelFamily.Qwen2 or ModelFamily.Qwen3;
            if (!decides && declared != windows[layer]) throw root.Refuse("layer_types", $"contradicts sliding_window in layer {layer}");
            windows[layer] = declared;
        }
    }
}
