using AdaptiveServe.Torch.Compute;
using static TorchSharp.torch;

namespace AdaptiveServe.Lab.Training.Optimization;

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019), for the embedding, norms and biases.</summary>
/// <remarks>TorchSharp's own keeps its moments to itself, and a training that resumes needs them.</remarks>
internal sealed class AdamW : IDisposable
{
    private const float Beta1 = 0.9f, Beta2 = 0.95f, Epsilon = 1e-8f;

    private readonly IReadOnlyList<Tensor> _weights;
    private readonly Tensor[] _first, _second;

    public AdamW(IReadOnlyList<Tensor> weights)
    {
        _weights = weights;
        _first = [.. weights.Select(weight => zeros_like(weight))];
        _second = [.. weights.Select(weight => zeros_like(weight))];
    }

    /// <summary>What a checkpoint must hold: the first moments, then the second.</summary>
    public IReadOnlyList<Tensor> State => [.. _first, .. _second];

    /// <summary>Updates the weights from their gradients, which it sets to zero.</summary>
    /// <param name="learningRate">Of this step.</param>
    /// <param name="step">From 1.</param>
    public void Step(float learningRate, int step)
    {
        using var noGrad = no_grad();
        float bias1 = 1 - MathF.Pow(Beta1, step), bias2 = 1 - MathF.Pow(Beta2, step);
        // Held: a Scalar made on the way may be finalised during the call.
        using TorchSharp.Scalar keep1 = Beta1, new1 = 1 - Beta1, keep2 = Beta2, new2 = 1 - Beta2, correction = bias2, tiny = Epsilon, rate = -learningRate / bias1;
        for (int i = 0; i < _weights.Count; i++)
        {
            using var scope = NewDisposeScope();
            Tensor gradient = _weights[i].grad!;
            _first[i].mul_(keep1).add_(gradient, new1);
            _second[i].mul_(keep2).addcmul_(gradient, gradient, new2);
            Tensor spread = _second[i].div(correction).sqrt_().PlusInPlace(tiny);
            _weights[i].addcdiv_(_first[i], spread, rate);
            gradient.zero_();
        }
    }

    public void Dispose()
    {
        foreach (Tensor moment in State) moment.Dispose();
    }
}
