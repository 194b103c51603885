using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Models;
using AdaptiveServe.Torch.Native;
using AdaptiveServe.Torch.Saving;
using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Training;

/// <summary>
/// Low-rank additions to all linear layers of a decoder, to be trained while its own weights stay (LoRA, Hu et al. 2021, arXiv 2106.09685): a
/// layer gives W x + scale * B A x. A begins as PEFT's does, uniform within 1 / sqrt(inputs), and B with zeros: at first nothing is added.
/// </summary>
/// <remarks>Layers that are held as one matrix have factors for each part. Everything here is float32 on the CPU.</remarks>
internal sealed class LowRankWeights : IDisposable
{
    private readonly Dictionary<LinearWeight, Part[]> _parts = [];
    private readonly TorchSharp.Scalar _scale;

    /// <param name="config">Of the decoder.</param>
    /// <param name="weights">Of the decoder.</param>
    /// <param name="rank">Of the factors.</param>
    /// <param name="alpha">The scale is alpha / rank.</param>
    /// <param name="seed">Of A.</param>
    public LowRankWeights(ModelConfig config, DecoderWeights weights, int rank, float alpha, int seed)
    {
        NativeTorch.Load();
        _scale = alpha / rank;
        using var random = new Generator((ulong)seed);
        for (int layer = 0; layer < weights.Layers.Count; layer++)
        {
            foreach ((LinearWeight linear, (string Name, int Rows)[] parts) in DecoderTensors.Linears(config, layer, weights.Layers[layer]))
                _parts[linear] = [.. parts.Select(part => Create(part.Name, linear.Inputs, part.Rows, rank, random))];
        }
    }

    /// <summary>All factors: each A with its B.</summary>
    public IReadOnlyList<Tensor> Parameters => [.. _parts.Values.SelectMany(parts => parts).SelectMany(part => (Tensor[])[part.A, part.B])];

    /// <summary>The factors under their names in a PEFT file; they stay this object's.</summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> Tensors => [.. _parts.Values.SelectMany(parts => parts).SelectMany(part =>
        ((string, Tensor)[])[(LoraAdapter.NameOfA(part.Weight), part.A), (LoraAdapter.NameOfB(part.Weight), part.B)])];

    /// <summary>What is added to the product of an input with a weight, on the graph and in the input's type; null for a weight without factors.</summary>
    /// <param name="weight">Of the decoder.</param>
    /// <param name="input">[rows, inputs].</param>
    public Tensor? Added(LinearWeight weight, Tensor input)
    {
        if (!_parts.TryGetValue(weight, out Part[]? parts)) return null;
        Tensor inner = nn.functional.linear(input, cat([.. parts.Select(part => part.A)], 0).to_type(input.dtype));
        long rank = parts[0].A.size(0);
        IEnumerable<Tensor> outer = parts.Select((part, i) => nn.functional.linear(inner.narrow(1, i * rank, rank), part.B.to_type(input.dtype)));
        return cat([.. outer], 1).mul(_scale);
    }

    public void Dispose()
    {
        foreach (Tensor parameter in Parameters) parameter.Dispose();
        _scale.Dispose();
    }

    private static Part Create(string name, int inputs, int outputs, int rank, Generator random)
    {
        double bound = 1 / Math.Sqrt(inputs);
        Tensor a = empty([rank, inputs], ScalarType.Float32).uniform_(-bound, bound, random);
        a.requires_grad = true;
        return new Part(name + ".weight", a, zeros([outputs, rank], ScalarType.Float32, requires_grad: true));
    }

    /// <summary>The factors of one matrix of the checkpoint.</summary>
    private sealed record Part(string Weight, Tensor A, Tensor B);
}
