using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Export.Gguf;

/// <summary>What a GGUF file says about the shape of a model.</summary>
internal sealed class ModelMetadata(GgufMetadata metadata, ModelConfig config, string folder, List<string> notes)
{
    private const uint QuantizationVersion = 2; // of the blocks' layout

    /// <param name="dtype">How most matrices are stored.</param>
    /// <exception cref="CommandLine.LabException">llama.cpp does not compute such a model.</exception>
    public void Add(GgufDtype dtype)
    {
        string architecture = LlamaCppArchitecture.Of(config, folder);
        metadata.Add("general.architecture", architecture);
        metadata.Add("general.name", Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))));
        metadata.Add("general.file_type", dtype.FileType);
        if (dtype.BlockElements > 1) metadata.Add("general.quantization_version", QuantizationVersion);
        AddShape(architecture);
        RopeMetadata.Add(metadata, architecture, config);
        AddWindow(architecture);
    }

    private void AddShape(string architecture)
    {
        Add("vocab_size", config.VocabularySize);
        Add("context_length", config.MaxPositions);
        Add("embedding_length", config.HiddenSize);
        Add("block_count", config.Layers);
        Add("feed_forward_length", config.IntermediateSize);
        Add("attention.head_count", config.AttentionHeads);
        Add("attention.head_count_kv", config.KeyValueHeads);
        if (config.HeadDim * config.AttentionHeads != config.HiddenSize)
        {
            Add("attention.key_length", config.HeadDim);
            Add("attention.value_length", config.HeadDim);
        }

        metadata.Add($"{architecture}.attention.layer_norm_rms_epsilon", (float)config.RmsNormEpsilon);

        void Add(string key, int value) => metadata.Add($"{architecture}.{key}", (uint)value);
    }

    private void AddWindow(string architecture)
    {
        int[] windows = [.. config.SlidingWindows.OfType<int>().Where(window => window < config.MaxPositions)];
        if (windows.Length == 0) return;
        metadata.Add($"{architecture}.attention.sliding_window", (uint)windows.Min());
        notes.Add($"llama.cpp's {architecture} attends to everything: "
            + $"beyond the sliding window of {windows.Min()} tokens it answers otherwise");
    }
}
