using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Torch.Adaptive;

/// <summary>
/// Tells the weights of one model or pair from those of another, so that what was learned for one is never used with another.
/// </summary>
/// <remarks>
/// A hash over names, types and shapes of all tensors and over samples of their bytes: two trainings differ in nearly every byte, and a
/// model of many gigabytes is told from another in milliseconds.
/// </remarks>
public static class PairFingerprint
{
    private const int SampleBytes = 256;

    /// <param name="large">Folder of the large model.</param>
    /// <param name="small">Folder of the small model; null for a model alone.</param>
    /// <returns>32 hexadecimal digits.</returns>
    /// <exception cref="ModelLoadException">A folder has no readable weights.</exception>
    public static string Of(string large, string? small)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, large);
        if (small is not null) Add(hash, small);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    private static void Add(IncrementalHash hash, string folder)
    {
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        byte[] sample = new byte[SampleBytes];
        foreach (string name in checkpoint.Names.Order(StringComparer.Ordinal))
        {
            SafetensorsTensor tensor = checkpoint.Describe(name);
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {tensor.Dtype} {string.Join('x', tensor.Shape)}\n"));
            int count = (int)Math.Min(SampleBytes, tensor.ByteCount);
            checkpoint.CopyTo(name, (tensor.ByteCount - count) / 2, sample.AsSpan(0, count));
            hash.AppendData(sample, 0, count);
        }

        Span<byte> end = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(end, checkpoint.Names.Count);
        hash.AppendData(end);
    }
}
