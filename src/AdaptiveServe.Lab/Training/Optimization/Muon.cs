using AdaptiveServe.Torch.Compute;
using static TorchSharp.torch;

namespace AdaptiveServe.Lab.Training.Optimization;

/// <summary>
/// Momentum orthogonalised by Newton-Schulz iterations, for matrices inside the network (Jordan et al. 2024). The update is scaled to the
/// root mean square that AdamW's has, so that one learning rate serves both (Liu et al. 2025, arXiv 2502.16982).
/// </summary>
internal sealed class Muon : IDisposable
{
    private const float Beta = 0.95f;
    private const float WeightDecay = 0.1f;
    private const int Iterations = 5;
    private const float RootMeanSquare = 0.2f;

    private readonly IReadOnlyList<TrainedMatrix> _matrices;
    private readonly Tensor[] _momentum;

    public Muon(IReadOnlyList<TrainedMatrix> matrices)
    {
        _matrices = matrices;
        _momentum = [.. matrices.Select(matrix => zeros_like(matrix.Weight))];
    }

    /// <summary>What a checkpoint must hold, in the order of the matrices.</summary>
    public IReadOnlyList<Tensor> State => _momentum;

    /// <summary>Updates the weights from their gradients, which it sets to zero.</summary>
    public void Step(float learningRate)
    {
        using var noGrad = no_grad();
        using TorchSharp.Scalar beta = Beta, decay = 1 - learningRate * WeightDecay; // held: a Scalar made on the way may be finalised during the call
        for (int i = 0; i < _matrices.Count; i++)
        {
            using var scope = NewDisposeScope();
            Tensor weight = _matrices[i].Weight, gradient = weight.grad!;
            _momentum[i].mul_(beta).PlusInPlace(gradient);
            Tensor direction = gradient.add(_momentum[i], beta); // Nesterov
            weight.mul_(decay);
            long row = 0;
            foreach (long rows in _matrices[i].Parts)
            {
                Tensor update = Orthogonal(direction.narrow(0, row, rows));
                using TorchSharp.Scalar step = -learningRate * RootMeanSquare * MathF.Sqrt(Math.Max(rows, weight.size(1)));
                weight.narrow(0, row, rows).add_(update, step);
                row += rows;
            }

            gradient.zero_();
        }
    }

    public void Dispose()
    {
        foreach (Tensor momentum in _momentum) momentum.Dispose();
    }

    /// <summary>The nearest matrix with orthonormal rows or columns, roughly: singular values between 0.7 and 1.2.</summary>
    internal static Tensor Orthogonal(Tensor matrix)
    {
        using var scope = NewDisposeScope();
        bool tall = matrix.size(0) > matrix.size(1);
        Tensor x = (tall ? matrix.transpose(0, 1) : matrix).to_type(ScalarType.BFloat16);
        using TorchSharp.Scalar tiny = 1e-7, linear = 3.4445, cubic = -4.7750, quintic = 2.0315;
        x = x / x.norm().Plus(tiny);
        for (int i = 0; i < Iterations; i++)
        {
            // The quintic whose slope at zero is largest while it keeps [0, 1] within about [0.7, 1.2].
            Tensor square = x.mm(x.transpose(0, 1));
            Tensor polynomial = square.mul(cubic).Plus(square.mm(square).mul(quintic));
            x = x.mul(linear).Plus(polynomial.mm(x));
        }

        return (tall ? x.transpose(0, 1) : x).to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}
