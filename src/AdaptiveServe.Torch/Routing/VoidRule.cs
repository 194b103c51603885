using System.Numerics.Tensors;

namespace AdaptiveServe.Torch.Routing;

/// <summary>
/// Which layers are void for one token: those that add less to the norm of its state than a share of the range of what the layers before
/// added (Shemiranifar 2025, Void in Language Models, arXiv 2505.14467).
/// </summary>
/// <remarks>With n the norm of a state and d its change over a layer, a layer is void where d &lt; alpha (max d - min d), over the layers before it; for the first the right side is 0.</remarks>
internal struct VoidRule
{
    /// <summary>The share; the released code's default.</summary>
    public const float Alpha = 0.8f;

    private float _norm, _least, _most;
    private bool _hasChange;

    /// <param name="state">What goes into the first layer.</param>
    public VoidRule(ReadOnlySpan<float> state) => _norm = TensorPrimitives.Norm(state);

    /// <summary>Takes in what came out of a layer.</summary>
    /// <param name="state">The token's state behind it.</param>
    /// <param name="change">What the layer added to the norm.</param>
    /// <returns>Whether the layer is void.</returns>
    public bool IsVoid(ReadOnlySpan<float> state, out float change)
    {
        float norm = TensorPrimitives.Norm(state);
        change = norm - _norm;
        bool isVoid = change < (_hasChange ? Alpha * (_most - _least) : 0);
        (_least, _most) = _hasChange ? (Math.Min(_least, change), Math.Max(_most, change)) : (change, change);
        (_norm, _hasChange) = (norm, true);
        return isVoid;
    }
}
