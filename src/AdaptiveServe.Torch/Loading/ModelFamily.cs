namespace AdaptiveServe.Torch.Loading;

/// <summary>The model families whose decoder is implemented. They differ in configuration only.</summary>
public enum ModelFamily
{
    /// <summary>Llama 2 and 3.x, and models that reuse its architecture.</summary>
    Llama,

    /// <summary>Mistral: Llama with a sliding window over all layers.</summary>
    Mistral,

    /// <summary>Qwen 2 and 2.5: biases on the query, key and value projections.</summary>
    Qwen2,

    /// <summary>Qwen 3: norms on queries and keys, and a head dimension of its own.</summary>
    Qwen3,
}
