using System.Globalization;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Native;
using TorchSharp;

namespace AdaptiveServe.Torch.Running;

/// <summary>How much memory keys and values may take: <c>1.5</c> GiB, or <c>50%</c> of what is free.</summary>
public static class KvMemory
{
    private const double GiB = 1L << 30;

    /// <summary>True for a number of GiB above 0, or a percentage in (0, 100].</summary>
    public static bool IsValid(string text) => Parse(text) is not null;

    /// <summary>Bytes for keys and values on a device.</summary>
    /// <exception cref="ModelLoadException">The text means nothing, or free memory cannot be asked for.</exception>
    public static long Bytes(string text, torch.Device device)
    {
        (double amount, bool isShare) = Parse(text)
            ?? throw new ModelLoadException("--kv-memory", $"'{text}' is neither a number of GiB above 0 (1.5) nor a share of free memory (25%)");
        return (long)(isShare ? amount / 100 * Free(device) : amount * GiB);
    }

    private static (double Amount, bool IsShare)? Parse(string text)
    {
        bool isShare = text.EndsWith('%');
        bool isNumber = double.TryParse(isShare ? text[..^1] : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double amount);
        return isNumber && amount > 0 && amount <= (isShare ? 100 : 1 << 20) ? (amount, isShare) : null;
    }

    private static long Free(torch.Device device)
    {
        if (device.type == TorchSharp.DeviceType.CUDA) return FreeCuda(device.index);
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes; // knows a container's limit
        if (!File.Exists("/proc/meminfo")) return available;
        foreach (string line in File.ReadLines("/proc/meminfo"))
        {
            if (!line.StartsWith("MemAvailable:", StringComparison.Ordinal)) continue;
            string kib = line["MemAvailable:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
            return Math.Min(available, long.Parse(kib, CultureInfo.InvariantCulture) * 1024);
        }

        return available;
    }

    /// <summary>TorchSharp has no call for it; libtorch's CUDA runtime is loaded and does.</summary>
    private static unsafe long FreeCuda(int device)
    {
        using torch.Tensor context = torch.zeros(1, device: new torch.Device(TorchSharp.DeviceType.CUDA, device)); // makes the device current
        nint entry = LoadedLibrary.FindExport("libcudart", "cudaMemGetInfo");
        if (entry == 0) throw new ModelLoadException("--kv-memory", "free memory of the CUDA device cannot be read; give a number of GiB");
        nuint free, total;
        int error = ((delegate* unmanaged<nuint*, nuint*, int>)entry)(&free, &total);
        return error == 0 ? (long)free : throw new ModelLoadException("--kv-memory", $"reading the CUDA device's free memory failed with error {error}");
    }
}
