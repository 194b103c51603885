using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Models;
using AdaptiveServe.Torch.Native;
using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Training;

/// <summary>Weights to begin a training with: normal of standard deviation 0.02, smaller where a layer adds to the residual stream (GPT-2).</summary>
internal sealed class WeightInitializer : IDisposable
{
    private const double Deviation = 0.02;

    private readonly ModelConfig _config;
    private readonly Device _device;
    private readonly Generator _random;

    public WeightInitializer(ModelConfig config, Device device, int seed)
    {
        NativeTorch.Load();
        _config = config;
        _device = device;
        _random = new Generator((ulong)seed);
    }

    public DecoderWeights Create()
    {
        LinearWeight embedding = Matrix(_config.VocabularySize, _config.HiddenSize, Deviation);
        return new DecoderWeights
        {
            Embedding = embedding,
            Layers = [.. Enumerable.Range(0, _config.Layers).Select(_ => Layer())],
            FinalNorm = Ones(_config.HiddenSize),
            Head = _config.TieWordEmbeddings ? embedding : Matrix(_config.VocabularySize, _config.HiddenSize, Deviation),
        };
    }

    public void Dispose() => _random.Dispose();

    private LayerWeights Layer()
    {
        int queries = _config.AttentionHeads * _config.HeadDim, keys = _config.KeyValueHeads * _config.HeadDim;
        double adding = Deviation / Math.Sqrt(2 * _config.Layers);
        return new LayerWeights
        {
            AttentionNorm = Ones(_config.HiddenSize),
            MlpNorm = Ones(_config.HiddenSize),
            Attention = new AttentionWeights(_config.AttentionHeads, _config.KeyValueHeads, _config.HeadDim, null, (float)_config.RmsNormEpsilon)
            {
                QueryKeyValue = Matrix(queries + 2 * keys, _config.HiddenSize, Deviation),
                Output = Matrix(_config.HiddenSize, queries, adding),
            },
            GateUp = Matrix(2 * _config.IntermediateSize, _config.HiddenSize, Deviation),
            Down = Matrix(_config.HiddenSize, _config.IntermediateSize, adding),
        };
    }

    private LinearWeight Matrix(long outputs, long inputs, double deviation)
    {
        using Tensor weight = empty([outputs, inputs], ScalarType.Float32); // on the CPU: the same numbers for every device
        weight.normal_(0, deviation, _random);
        return new LinearWeight(weight.to(_device, copy: true));
    }

    private Tensor Ones(long length) => ones([length], ScalarType.Float32, _device);
}
