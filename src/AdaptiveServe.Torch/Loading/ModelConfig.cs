using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Loading;

/// <summary>The shape and constants of a decoder-only model, read from <c>config.json</c> and <c>generation_config.json</c>.</summary>
/// <remarks>
/// One decoder serves all families; what differs between them is a property here. Sizes are bounded when loaded, so that no product of
/// two dimensions overflows an <see cref="int"/> per row count or a <see cref="long"/> per byte count.
/// </remarks>
public sealed record ModelConfig
{
    public required ModelFamily Family { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the gated MLP.</summary>
    public required int IntermediateSize { get; init; }

    public required int Layers { get; init; }

    /// <summary>Query heads; a multiple of <see cref="KeyValueHeads"/>.</summary>
    public required int AttentionHeads { get; init; }

    public required int KeyValueHeads { get; init; }

    /// <summary>Width of one head, even. Not always hidden size / heads.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Rows of the embedding, which may be more than the tokenizer has pieces.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The longest context in tokens that the model declares.</summary>
    public required int MaxPositions { get; init; }

    public required double RmsNormEpsilon { get; init; }

    /// <summary>Base of the rotary frequencies.</summary>
    public double RopeTheta { get; init; } = FamilyDefaults.RopeTheta;

    public RopeScaling RopeScaling { get; init; } = RopeScaling.None;

    /// <summary>Whether the output projection is the embedding itself.</summary>
    public bool TieWordEmbeddings { get; init; }

    /// <summary>Whether the query, key and value projections have biases.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>Whether the attention's output projection has a bias.</summary>
    public bool AttentionOutputBias { get; init; }

    /// <summary>Whether the three MLP projections have biases.</summary>
    public bool MlpBias { get; init; }

    /// <summary>Whether every query and key head is normalised (RMS, weight of <see cref="HeadDim"/>) before rotation.</summary>
    public bool QueryKeyNorm { get; init; }

    /// <summary>The window of each layer; may be shorter than <see cref="Layers"/>, the rest has none.</summary>
    public IReadOnlyList<int?> SlidingWindows { get; init; } = [];

    /// <summary>The type that the checkpoint declares (float32, float16 or bfloat16), or null when it does not say.</summary>
    public ScalarType? TorchDtype { get; init; }

    /// <summary>The token that begins a text, or null.</summary>
    public int? BosId { get; init; }

    /// <summary>The tokens that end a text, without repetitions; empty when the model declares none.</summary>
    public IReadOnlyList<int> EosIds { get; init; } = [];

    /// <summary>The activation of the gated MLP; only <c>silu</c> is accepted.</summary>
    public string HiddenAct { get; init; } = "silu";

    /// <summary>How many positions, its own included, a token of this layer attends to; null means all before it.</summary>
    public int? SlidingWindowFor(int layer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(layer);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(layer, Layers);
        return layer < SlidingWindows.Count ? SlidingWindows[layer] : null;
    }

    /// <summary>Reads the configuration of a Hugging Face model folder.</summary>
    /// <exception cref="ModelLoadException">A file is missing or malformed, or the model is of a kind that is not supported.</exception>
    public static ModelConfig Load(string modelDirectory)
    {
        ArgumentNullException.ThrowIfNull(modelDirectory);
        if (!Directory.Exists(modelDirectory)) throw new ModelLoadException(modelDirectory, "this model folder does not exist");

        ModelConfig config = JsonFile.Parse(Path.Combine(modelDirectory, "config.json"), ModelConfigParser.Parse);
        string generation = Path.Combine(modelDirectory, "generation_config.json");
        if (!File.Exists(generation)) return config;

        // The generation file is the one that names all end tokens of chat models (Llama 3: three of them).
        return JsonFile.Parse(generation, root => ModelConfigParser.EosIds(root, config.VocabularySize)) is { } ids
            ? config with { EosIds = ids }
            : config;
    }
}
