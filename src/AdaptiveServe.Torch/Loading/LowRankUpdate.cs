using System.Numerics.Tensors;

namespace AdaptiveServe.Torch.Loading;

/// <summary>What a low-rank adapter adds to one weight: scale * B A (LoRA, Hu et al. 2021, arXiv 2106.09685).</summary>
/// <param name="a">[rank, inputs].</param>
/// <param name="b">[outputs, rank].</param>
/// <param name="rank">Of both.</param>
/// <param name="scale">alpha / rank, or alpha / sqrt(rank).</param>
/// <remarks>Summed rank by rank in float32, one element beside the other: the bits depend neither on threads nor on the width of registers.</remarks>
internal sealed class LowRankUpdate(float[] a, float[] b, int rank, float scale)
{
    private readonly int _inputs = a.Length / rank;
    private readonly float[] _sum = new float[a.Length / rank];

    /// <summary>Adds it to some rows of the weight.</summary>
    /// <param name="rows">[rows, inputs].</param>
    /// <param name="first">The first of them.</param>
    public void AddTo(Span<float> rows, int first)
    {
        for (int row = 0; row < rows.Length / _inputs; row++)
        {
            Array.Clear(_sum);
            for (int k = 0; k < rank; k++) TensorPrimitives.MultiplyAdd(a.AsSpan(k * _inputs, _inputs), b[(first + row) * rank + k], _sum, _sum);
            Span<float> weights = rows.Slice(row * _inputs, _inputs);
            TensorPrimitives.MultiplyAdd(_sum, scale, weights, weights);
        }
    }
}
