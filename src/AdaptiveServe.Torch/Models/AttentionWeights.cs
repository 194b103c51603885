using AdaptiveServe.Torch.Compute;
using TorchSharp;

namespace AdaptiveServe.Torch.Models;

/// <summary>The attention of one layer.</summary>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Key and value heads; each serves Heads / KeyValueHeads query heads.</param>
/// <param name="HeadDim">Length of a head.</param>
/// <param name="SlidingWindow">How many tokens back, itself included, a token sees; null for all.</param>
/// <param name="NormEpsilon">Epsilon of the head norms.</param>
internal sealed record AttentionWeights(int Heads, int KeyValueHeads, int HeadDim, int? SlidingWindow, float NormEpsilon) : IDisposable
{
    /// <summary>Queries, keys and values in one: [(Heads + 2 KeyValueHeads) * HeadDim, hidden].</summary>
    public required LinearWeight QueryKeyValue { get; init; }

    /// <summary>[hidden, Heads * HeadDim].</summary>
    public required LinearWeight Output { get; init; }

    /// <summary>[HeadDim], or null when query heads are not normalised (they are in Qwen3).</summary>
    public torch.Tensor? QueryNorm { get; init; }

    /// <summary>[HeadDim], or null.</summary>
    public torch.Tensor? KeyNorm { get; init; }

    public int QueryColumns => Heads * HeadDim;

    public int KeyColumns => KeyValueHeads * HeadDim;

    public void Dispose()
    {
        QueryKeyValue.Dispose();
        Output.Dispose();
        QueryNorm?.Dispose();
        KeyNorm?.Dispose();
    }
}
