using AdaptiveServe.Torch.Cache;
using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Models;
using TorchSharp;

namespace AdaptiveServe.Torch.Running;

/// <summary>A model folder that was read: its configuration and weights, before its KV memory is sized.</summary>
internal sealed record LoadedModel(string Path, ModelConfig Config, DecoderWeights Weights, torch.ScalarType DType, IComputeBackend Compute)
{
    /// <param name="path">The folder.</param>
    /// <param name="dtype">How weights are held: <c>auto</c> or a type.</param>
    /// <param name="device">Where.</param>
    /// <param name="createCompute">Makes the backend for a type of weights.</param>
    /// <exception cref="ModelLoadException">The folder is not a model that can be run.</exception>
    public static LoadedModel Load(string path, string dtype, torch.Device device, Func<torch.ScalarType, IComputeBackend> createCompute)
    {
        ModelConfig config = ModelConfig.Load(path);
        using Checkpoint checkpoint = Checkpoint.Open(path);
        torch.ScalarType type = Resolve(dtype, config, checkpoint);
        IComputeBackend compute = createCompute(type);
        DecoderWeights weights = DecoderWeights.Load(config, checkpoint, new WeightTypes(type, compute.VectorType(type)), device);
        foreach (LinearWeight weight in weights.Linears()) compute.Prepare(weight);
        return new LoadedModel(path, config, weights, type, compute);
    }

    public long KvBytesPerToken => KvCache.BytesPerToken(Config, Compute.CacheType);

    public Decoder Build(int blocks, int blockSize, int contextLength, torch.Device device) =>
        new(Config, Compute, Weights, new RotaryTable(Config, contextLength, device),
            new KvCache(Config, blocks, blockSize, Compute.CacheType, device));

    private static torch.ScalarType Resolve(string dtype, ModelConfig config, Checkpoint checkpoint) => dtype switch
    {
        "float32" => torch.float32,
        "bfloat16" => torch.bfloat16,
        "float16" => torch.float16,
        _ => config.TorchDtype ?? SafetensorsDtype.ToWeightType(checkpoint.Describe("model.embed_tokens.weight").Dtype) ?? torch.float32,
    };
}
