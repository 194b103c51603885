using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Execution;

/// <summary>What the engine needs to know about the loaded models.</summary>
public sealed record ModelInfo
{
    /// <summary>Tokens are 0 to this, exclusive.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Longest sequence, prompt and output together, in tokens.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Tokens that end a sequence.</summary>
    public required IReadOnlyList<int> EosIds { get; init; }

    /// <summary>Tokens in a KV block.</summary>
    public required int BlockSize { get; init; }

    /// <summary>KV blocks of the large model.</summary>
    public required int LargeBlocks { get; init; }

    /// <summary>KV blocks of the small model; 0 without one.</summary>
    public int SmallBlocks { get; init; }

    /// <summary>Transformer layers of the large model.</summary>
    public int LargeLayers { get; init; }

    /// <summary>Layers of the large model that may run twice in a route: so many have memory for a second set of keys and values.</summary>
    public int LargeRepeats { get; init; }

    /// <summary>Layers of the large model, the one that is missed least first; empty where that was not measured.</summary>
    public IReadOnlyList<int> LayerRanking { get; init; } = [];

    /// <summary>The routers that can read a prompt of the large model (<see cref="Strategies.Targets.LayerRouting.PromptRouters"/>).</summary>
    public IReadOnlyCollection<string> PromptRouters { get; init; } = [];

    /// <summary>Transformer layers of the small model; 0 without one.</summary>
    public int SmallLayers { get; init; }

    /// <summary>Weights of the large model, each counted once; 0 where that is not known.</summary>
    public long LargeParameters { get; init; }

    /// <summary>Weights of the small model; 0 without one.</summary>
    public long SmallParameters { get; init; }

    /// <summary>Whether an acceptance head of the pair is loaded, which the stop rule <c>learned</c> needs.</summary>
    public bool HasAcceptanceHead { get; init; }

    /// <summary>
    /// Whether that head judges a token by the state before it: then it can say that a token should not be given at all, which the
    /// criterion <c>acceptance</c> needs.
    /// </summary>
    public bool JudgesNextToken { get; init; }

    public bool HasSmall => SmallBlocks > 0;

    public int Blocks(ModelRole role) => role == ModelRole.Small ? SmallBlocks : LargeBlocks;

    public int Layers(ModelRole role) => role == ModelRole.Small ? SmallLayers : LargeLayers;

    public long Parameters(ModelRole role) => role == ModelRole.Small ? SmallParameters : LargeParameters;
}
