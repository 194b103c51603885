using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Torch.Routing;

/// <summary>A file of what was trained to route one model, beside it: float32 tensors and the model's fingerprint.</summary>
internal sealed class RouterFile : IDisposable
{
    /// <summary>Key of the metadata: the fingerprint of the model (<see cref="ModelFingerprint"/>).</summary>
    public const string Model = "model";

    /// <summary>Name of the tensor with the quantiles of the scores.</summary>
    public const string QuantilesName = "quantiles";

    private readonly SafetensorsFile _file;

    private RouterFile(SafetensorsFile file) => _file = file;

    /// <summary>Opens the file of a model folder.</summary>
    /// <param name="modelDirectory">The model's folder.</param>
    /// <param name="name">Place of the file in it.</param>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="ModelLoadException">It cannot be read, or was made for another model.</exception>
    public static RouterFile? Find(string modelDirectory, string name) => FindIn(modelDirectory, name, modelDirectory);

    /// <summary>Opens a file that lies elsewhere.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">Place of the file in it.</param>
    /// <param name="modelDirectory">The model that it must have been made for.</param>
    /// <inheritdoc cref="Find"/>
    public static RouterFile? FindIn(string directory, string name, string modelDirectory)
    {
        string path = Path.Combine(directory, name);
        if (!File.Exists(path)) return null;
        SafetensorsFile file = SafetensorsFile.Open(path);
        try
        {
            string made = file.Metadata.GetValueOrDefault(Model) ?? "", actual = ModelFingerprint.Of(modelDirectory);
            if (made == actual) return new RouterFile(file);
            throw new ModelLoadException(path, $"was trained for the model {ModelLoadException.Quote(made)}, and this one is {actual}: train it anew "
                + "(adaptiveserve-lab train layer-routers), or take it away");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <exception cref="ModelLoadException">It is missing, of another type or shape, or not finite.</exception>
    public float[] Read(string name, params ReadOnlySpan<int> shape) => _file.ReadFloats(name, " for this model", shape);

    /// <exception cref="ModelLoadException">There are none.</exception>
    public ScoreQuantiles Quantiles()
    {
        try
        {
            return new ScoreQuantiles(Read(QuantilesName, ScoreQuantiles.Count));
        }
        catch (ArgumentException exception)
        {
            throw new ModelLoadException(_file.Path, $"tensor {ModelLoadException.Quote(QuantilesName)}: {exception.Message}", exception);
        }
    }

    public void Dispose() => _file.Dispose();
}
