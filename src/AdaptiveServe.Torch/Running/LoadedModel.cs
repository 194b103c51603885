using AdaptiveServe.Torch.Cache;
using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Compute.LibTorch;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Models;
using TorchSharp;

namespace AdaptiveServe.Torch.Running;

/// <summary>A model folder that was read: its configuration and weights, before its KV memory is sized.</summary>
internal sealed record LoadedModel(string Path, ModelConfig Config, DecoderWeights Weights, torch.ScalarType DType, IComputeBackend Compute)
{
    /// <exception cref="ModelLoadException">The folder is not a model that can be run.</exception>
    public static LoadedModel Load(string path, string dtype, torch.Device device)
    {
        ModelConfig config = ModelConfig.Load(path);
        torch.ScalarType type = Resolve(dtype, config, device);
        using Checkpoint checkpoint = Checkpoint.Open(path);
        DecoderWeights weights = DecoderWeights.Load(config, checkpoint, type, device);
        return new LoadedModel(path, config, weights, type, new LibTorchBackend(device, type));
    }

    public long KvBytesPerToken => KvCache.BytesPerToken(Config, Compute.CacheType);

    public Decoder Build(int blocks, int blockSize, int contextLength, torch.Device device) =>
        new(Config, Compute, Weights, new RotaryTable(Config, contextLength, device),
            new KvCache(Config, blocks, blockSize, Compute.CacheType, device));

    private static torch.ScalarType Resolve(string dtype, ModelConfig config, torch.Device device) => dtype switch
    {
        "float32" => torch.float32,
        "bfloat16" => torch.bfloat16,
        "float16" => torch.float16,
        // On the CPU float32 keeps greedy output what the checkpoint defines; on CUDA the checkpoint's own type does.
        _ => device.type == TorchSharp.DeviceType.CUDA ? config.TorchDtype ?? torch.bfloat16 : torch.float32,
    };
}
