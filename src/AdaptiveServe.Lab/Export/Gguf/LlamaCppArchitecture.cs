using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Export.Gguf;

/// <summary>Which of llama.cpp's architectures computes a model, and what they cannot.</summary>
internal static class LlamaCppArchitecture
{
    private const string Llama = "llama";

    /// <exception cref="LabException">None computes exactly this model.</exception>
    public static string Of(ModelConfig config, string folder)
    {
        string name = config.Family switch
        {
            ModelFamily.Llama or ModelFamily.Mistral => Llama,
            ModelFamily.Qwen2 => "qwen2",
            ModelFamily.Qwen3 => "qwen3",
            _ => throw new LabException($"{folder}: there is no export of {config.Family}"),
        };
        return Lack(name, config) is { } lack ? throw new LabException($"{folder}: {lack} cannot be run by llama.cpp ({name})") : name;
    }

    /// <summary>Whether a head's elements 2i and 2i + 1 are rotated together, and not i and i + half.</summary>
    public static bool RotatesNeighbours(ModelConfig config) => config.Family is ModelFamily.Llama or ModelFamily.Mistral;

    private static string? Lack(string name, ModelConfig config)
    {
        RopeScaling scaling = config.RopeScaling;
        if (name == "qwen2" && config.AttentionHeads * config.HeadDim != config.HiddenSize) return "a head_dim other than hidden / heads";
        if (name == "qwen3" && config.AttentionOutputBias) return "an attention output with a bias";
        if (name != Llama && scaling.Kind == RopeKind.Llama3) return "rope scaling of the type llama3";

        // Only the factor and the original context of YaRN are read from a file.
        RopeScaling usual = RopeScaling.None;
        if (scaling.Kind == RopeKind.Yarn && (scaling.BetaFast != usual.BetaFast || scaling.BetaSlow != usual.BetaSlow))
            return $"YaRN with other bounds than beta_fast {usual.BetaFast} and beta_slow {usual.BetaSlow}";
        return scaling is { Kind: RopeKind.Yarn, Truncate: false } ? "YaRN without truncate" : null;
    }
}
