namespace AdaptiveServe.Torch.Loading;

/// <summary>All tensors of a model folder, in one safetensors file or in several.</summary>
/// <remarks>Opening reads headers only. <see cref="WeightReader"/> turns the content into tensors.</remarks>
public sealed class Checkpoint : IDisposable
{
    private const string SingleFile = "model.safetensors";
    private const string IndexFile = "model.safetensors.index.json";

    private readonly List<SafetensorsFile> _files = [];
    private readonly Dictionary<string, (SafetensorsFile File, SafetensorsTensor Tensor)> _tensors = new(StringComparer.Ordinal);

    private Checkpoint(string path)
    {
        Path = path;
    }

    /// <summary>The file that lists the tensors: the only one, or the index of the shards.</summary>
    public string Path { get; }

    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>Opens the weights of a Hugging Face model folder.</summary>
    /// <exception cref="ModelLoadException">The folder has no safetensors weights, or they are malformed or incomplete.</exception>
    public static Checkpoint Open(string modelDirectory)
    {
        ArgumentNullException.ThrowIfNull(modelDirectory);
        string single = System.IO.Path.Combine(modelDirectory, SingleFile);
        if (File.Exists(single)) return OpenFile(single);
        string index = System.IO.Path.Combine(modelDirectory, IndexFile);
        if (File.Exists(index)) return OpenShards(modelDirectory, index);

        if (!Directory.Exists(modelDirectory)) throw new ModelLoadException(modelDirectory, "this model folder does not exist");
        foreach (string pickled in (string[])["pytorch_model.bin", "pytorch_model.bin.index.json"])
        {
            string path = System.IO.Path.Combine(modelDirectory, pickled);
            if (File.Exists(path)) throw new ModelLoadException(path, "this format can run code: convert the model to safetensors");
        }
        throw new ModelLoadException(modelDirectory, $"this model folder has neither {SingleFile} nor {IndexFile}");
    }

    /// <summary>Opens one safetensors file of any name.</summary>
    /// <exception cref="ModelLoadException">The file is missing, truncated or malformed.</exception>
    public static Checkpoint OpenFile(string path)
    {
        Checkpoint checkpoint = new(path);
        SafetensorsFile file = SafetensorsFile.Open(path);
        checkpoint._files.Add(file);
        foreach (SafetensorsTensor tensor in file.Tensors.Values) checkpoint._tensors.Add(tensor.Name, (file, tensor));
        return checkpoint;
    }

    /// <summary>The free texts in the header of the file, or of the first shard.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _files[0].Metadata;

    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>The type, shape and size of a tensor.</summary>
    /// <exception cref="ModelLoadException">The checkpoint has no tensor of that name.</exception>
    public SafetensorsTensor Describe(string name) => Find(name).Tensor;

    /// <summary>Copies the bytes of a tensor as they are stored, beginning <paramref name="offset"/> bytes into it.</summary>
    /// <exception cref="ModelLoadException">The checkpoint has no tensor of that name, or cannot be read any more.</exception>
    public void CopyTo(string name, long offset, Span<byte> destination)
    {
        (SafetensorsFile file, SafetensorsTensor tensor) = Find(name);
        file.Read(tensor, offset, destination);
    }

    /// <summary>The file that holds a tensor.</summary>
    /// <exception cref="ModelLoadException">The checkpoint has no tensor of that name.</exception>
    public string FileOf(string name) => Find(name).File.Path;

    public void Dispose()
    {
        foreach (SafetensorsFile file in _files) file.Dispose();
    }

    private (SafetensorsFile File, SafetensorsTensor Tensor) Find(string name) =>
        _tensors.TryGetValue(name, out (SafetensorsFile, SafetensorsTensor) found)
            ? found
            : throw new ModelLoadException(Path, $"tensor {ModelLoadException.Quote(name)} is missing");

    private static Checkpoint OpenShards(string modelDirectory, string index)
    {
        Dictionary<string, string> shardOf = ShardIndex.Read(index);
        Checkpoint checkpoint = new(index);
        try
        {
            foreach (string shard in shardOf.Values.Distinct(StringComparer.Ordinal))
            {
                checkpoint.AddShard(SafetensorsFile.Open(System.IO.Path.Combine(modelDirectory, shard)), shard, shardOf);
            }
            foreach ((string name, string shard) in shardOf)
            {
                if (checkpoint.Contains(name)) continue;
                throw new ModelLoadException(index, $"tensor {ModelLoadException.Quote(name)} is not in its shard {shard}");
            }
            return checkpoint;
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    private void AddShard(SafetensorsFile file, string shard, Dictionary<string, string> shardOf)
    {
        _files.Add(file);
        foreach (SafetensorsTensor tensor in file.Tensors.Values)
        {
            string? expected = shardOf.GetValueOrDefault(tensor.Name);
            if (expected != shard)
            {
                string place = expected is null ? "does not list it" : $"places it in {ModelLoadException.Quote(expected)}";
                throw new ModelLoadException(file.Path, $"holds tensor {ModelLoadException.Quote(tensor.Name)}, but {IndexFile} {place}");
            }
            _tensors.Add(tensor.Name, (file, tensor));
        }
    }
}
