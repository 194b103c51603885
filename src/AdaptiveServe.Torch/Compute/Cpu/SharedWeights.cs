using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AdaptiveServe.Torch.Loading;
using TorchSharp;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>A folder of weights as the kernels read them: a process maps a file of it that is there, and so shares its memory with all that do.</summary>
/// <remarks>
/// A file's name tells the model, by its fingerprint and by size and time of its files, the type of the weights and the width of the registers.
/// What is in it is trusted as the model's own files are.
/// </remarks>
internal sealed class SharedWeights
{
    private const int Layout = 1; // of the panels: another one is another file

    private readonly string _folder;

    /// <param name="folder">It must be there.</param>
    /// <exception cref="ModelLoadException">It is not.</exception>
    public SharedWeights(string folder)
    {
        if (!Directory.Exists(folder)) throw new ModelLoadException("--shared-weights", $"there is no folder {folder}");
        _folder = folder;
    }

    /// <summary>Where the weights of a model lie, or will lie.</summary>
    /// <param name="model">Its folder.</param>
    /// <param name="adapter">Folder of what is merged into it, or null.</param>
    /// <param name="type">How weights are held.</param>
    /// <param name="registerBits">Of the kernels.</param>
    /// <exception cref="ModelLoadException">A folder has no readable weights.</exception>
    public string PathOf(string model, string? adapter, torch.ScalarType type, int registerBits)
    {
        StringBuilder identity = new(ModelFingerprint.Of(model));
        using (Checkpoint checkpoint = Checkpoint.Open(model))
            foreach (string file in checkpoint.Names.Select(checkpoint.FileOf).Distinct().Order(StringComparer.Ordinal)) Add(file);
        if (adapter is not null)
            foreach (string file in (string[])[LoraAdapter.ConfigFile, LoraAdapter.WeightsFile]) Add(Path.Combine(adapter, file));
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity.ToString())).AsSpan(0, 16));
        return Path.Combine(_folder, $"{digest}-{type.ToString().ToLowerInvariant()}-{registerBits}-{Layout}.weights");

        void Add(string path)
        {
            FileInfo file = new(path);
            identity.Append(CultureInfo.InvariantCulture, $"\n{file.Name} {file.Length} {file.LastWriteTimeUtc.Ticks}");
        }
    }

    /// <summary>Writes the file.</summary>
    /// <exception cref="ModelLoadException">It cannot be written.</exception>
    public static void Save(WeightMemory memory, string path)
    {
        try
        {
            memory.Save(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelLoadException("--shared-weights", $"{path} cannot be written: {exception.Message}", exception);
        }
    }
}
