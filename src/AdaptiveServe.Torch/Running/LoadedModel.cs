using AdaptiveServe.Torch.Cache;
using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Models;
using TorchSharp;

namespace AdaptiveServe.Torch.Running;

/// <summary>A model folder that was read: its configuration and weights, before its KV memory is sized.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Config">Its configuration.</param>
/// <param name="Weights">Its weights.</param>
/// <param name="DType">How they are held; int8 with block scales was rounded while loading.</param>
/// <param name="Compute">What runs it.</param>
internal sealed record LoadedModel(string Path, ModelConfig Config, DecoderWeights Weights, torch.ScalarType DType, IComputeBackend Compute)
{
    /// <param name="path">The folder.</param>
    /// <param name="dtype">How weights are held: <c>auto</c> or a type.</param>
    /// <param name="device">Where.</param>
    /// <param name="createCompute">Makes the backend for a model and a type of weights.</param>
    /// <param name="adapterPath">Folder of a low-rank adapter that is merged into the weights; null for none.</param>
    /// <exception cref="ModelLoadException">The folder is not a model that can be run, or the adapter does not fit it.</exception>
    public static LoadedModel Load(
        string path, string dtype, torch.Device device, Func<ModelConfig, torch.ScalarType, IComputeBackend> createCompute, string? adapterPath = null)
    {
        ModelConfig config = ModelConfig.Load(path);
        using Checkpoint checkpoint = Checkpoint.Open(path);
        torch.ScalarType type = Resolve(dtype, config, checkpoint);
        torch.ScalarType read = type == torch.int8 ? Resolve("auto", config, checkpoint) : type;
        using LoraAdapter? adapter = adapterPath is null ? null : LoraAdapter.Open(adapterPath, path, DecoderWeights.Names(config));
        IComputeBackend compute = createCompute(config, type);
        try
        {
            var types = new WeightTypes(read, compute.VectorType(read));
            DecoderWeights weights = DecoderWeights.Load(config, checkpoint, types, device, adapter, compute.Prepare);
            return new LoadedModel(path, config, weights, type, compute);
        }
        catch
        {
            compute.Dispose();
            throw;
        }
    }

    /// <summary>Layers of the cache beside the model's own, for layers that run twice.</summary>
    public int ExtraLayers { get; init; }

    public long KvBytesPerToken => KvCache.BytesPerToken(Config, Compute.CacheType, ExtraLayers);

    public Decoder Build(int blocks, int blockSize, int contextLength, torch.Device device) =>
        new(Config, Compute, Weights, new RotaryTable(Config, contextLength, device),
            new KvCache(Config, blocks, blockSize, Compute.CacheType, device, ExtraLayers));

    private static torch.ScalarType Resolve(string dtype, ModelConfig config, Checkpoint checkpoint) => TypeNames.Parse(dtype)
        ?? config.TorchDtype ?? SafetensorsDtype.ToWeightType(checkpoint.Describe("model.embed_tokens.weight").Dtype) ?? torch.float32;
}
