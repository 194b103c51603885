using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AdaptiveServe.Torch.Loading;

/// <summary>Tells models and pairs of them apart, so that what was learned for one is not used with another.</summary>
public static class ModelFingerprint
{
    private const int SampleBytes = 1024; // of each end of a tensor: training changes them all, and a large model is not read as a whole

    /// <summary>32 hexadecimal digits of the names, types, shapes and some of the content of all weights.</summary>
    /// <param name="large">Folder of the model, or of the large one of a pair.</param>
    /// <param name="small">Folder of the small model; null for a model alone.</param>
    /// <exception cref="ModelLoadException">A folder has no readable weights.</exception>
    public static string Of(string large, string? small = null)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, large);
        if (small is not null)
        {
            hash.AppendData("\nsmall\n"u8);
            Add(hash, small);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    private static void Add(IncrementalHash hash, string folder)
    {
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        byte[] sample = new byte[SampleBytes];
        foreach (string name in checkpoint.Names.Order(StringComparer.Ordinal))
        {
            SafetensorsTensor tensor = checkpoint.Describe(name);
            string text = string.Create(CultureInfo.InvariantCulture, $"{name}\n{tensor.Dtype}\n{string.Join(' ', tensor.Shape)}\n");
            hash.AppendData(Encoding.UTF8.GetBytes(text));
            int length = (int)Math.Min(SampleBytes, tensor.ByteCount);
            foreach (long offset in (long[])[0, tensor.ByteCount - length])
            {
                checkpoint.CopyTo(name, offset, sample.AsSpan(0, length));
                hash.AppendData(sample, 0, length);
            }
        }
    }
}
