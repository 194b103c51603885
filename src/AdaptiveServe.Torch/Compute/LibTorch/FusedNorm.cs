using AdaptiveServe.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Compute.LibTorch;

/// <summary>libtorch's RMS norm in one kernel, by its C interface: TorchSharp has no call for it.</summary>
internal sealed unsafe class FusedNorm
{
    private readonly delegate* unmanaged<nint, long*, long, nint*, double*, nint*, nint*, int> _entry;

    private FusedNorm(nint entry) =>
        _entry = (delegate* unmanaged<nint, long*, long, nint*, double*, nint*, nint*, int>)entry;

    /// <summary>Null where this libtorch does not export it for the device.</summary>
    public static FusedNorm? Find(Device device)
    {
        (string library, string entry) = device.type == DeviceType.CUDA
            ? ("libtorch_cuda", "aoti_torch_cuda__fused_rms_norm")
            : ("libtorch_cpu", "aoti_torch_cpu__fused_rms_norm");
        return LoadedLibrary.FindExport(library, entry) is var found and not 0 ? new FusedNorm(found) : null;
    }

    /// <summary>input / rms(input) * weight over the last dimension, computed in float32 and rounded once.</summary>
    /// <exception cref="InvalidOperationException">libtorch refuses; it has written why to the error stream.</exception>
    public Tensor Apply(Tensor input, Tensor weight, double epsilon)
    {
        long columns = weight.size(0);
        nint weightHandle = weight.Handle, output, deviation;
        int error = _entry(input.Handle, &columns, 1, &weightHandle, &epsilon, &output, &deviation);
        GC.KeepAlive(input);
        GC.KeepAlive(weight);
        if (error != 0) throw new InvalidOperationException($"_fused_rms_norm failed with error {error}");
        Tensor.UnsafeCreateTensor(deviation).Dispose();
        Tensor result = Tensor.UnsafeCreateTensor(output);
        CurrentDisposeScope?.Attach(result); // which it does not join by itself
        return result;
    }
}
