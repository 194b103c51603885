namespace AdaptiveServe.Benchmarks;

/// <summary>Shapes of Llama models to time.</summary>
public enum ModelShape
{
    /// <summary>10M parameters: width 256, 12 layers, vocabulary 2048.</summary>
    D256x12,

    /// <summary>15M parameters: width 288, 6 layers, vocabulary 32000.</summary>
    D288x6,

    /// <summary>110M parameters: width 768, 12 layers, vocabulary 32000.</summary>
    D768x12,

    /// <summary>341M parameters: width 1024, 24 layers, vocabulary 32000.</summary>
    D1024x24,

    /// <summary>1B parameters: width 2048, 22 layers, 4 key-value heads for 32, vocabulary 32000. For GPUs.</summary>
    D2048x22,
}
