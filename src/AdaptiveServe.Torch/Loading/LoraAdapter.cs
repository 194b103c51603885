using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Loading;

/// <summary>A low-rank adapter (LoRA) in a Hugging Face PEFT folder, to be merged into the weights of its base model as they are read.</summary>
/// <remarks>Everything about it is checked when it is opened, but its numbers, which are read with the weights that they belong to.</remarks>
internal sealed partial class LoraAdapter : IDisposable
{
    /// <summary>The files of the folder.</summary>
    public const string ConfigFile = "adapter_config.json", WeightsFile = "adapter_model.safetensors";

    /// <summary>Key of the metadata: the fingerprint of the base model (<see cref="ModelFingerprint"/>). Adapters of others have none.</summary>
    public const string Model = "model";

    private readonly LoraConfig _config;
    private readonly Checkpoint _file;
    private readonly WeightReader _reader;
    private readonly Dictionary<string, long[]> _shapes;

    private LoraAdapter(LoraConfig config, Checkpoint file, Dictionary<string, long[]> shapes)
    {
        (_config, _file, _shapes) = (config, file, shapes);
        _reader = new WeightReader(file);
    }

    /// <param name="folder">The adapter's.</param>
    /// <param name="modelDirectory">The base model's.</param>
    /// <param name="weights">Names and shapes of the base model's weights.</param>
    /// <exception cref="ModelLoadException">It is malformed, does not fit the model, or holds what is not understood.</exception>
    public static LoraAdapter Open(string folder, string modelDirectory, IEnumerable<(string Name, long[] Shape)> weights)
    {
        if (!Directory.Exists(folder)) throw new ModelLoadException(folder, "this adapter folder does not exist");
        string path = Path.Combine(folder, WeightsFile);
        if (!File.Exists(path) && File.Exists(Path.Combine(folder, "adapter_model.bin")))
            throw new ModelLoadException(Path.Combine(folder, "adapter_model.bin"), "this format can run code: convert the adapter to safetensors");
        LoraConfig config = JsonFile.Parse(Path.Combine(folder, ConfigFile), LoraConfig.Parse);
        Checkpoint file = Checkpoint.OpenFile(path);
        try
        {
            if (file.Metadata.TryGetValue(Model, out string? made) && made != ModelFingerprint.Of(modelDirectory))
            {
                throw new ModelLoadException(
                    path, $"was trained for the model {ModelLoadException.Quote(made)}, and {modelDirectory} is {ModelFingerprint.Of(modelDirectory)}");
            }

            return new LoraAdapter(config, file, Match(config, file, weights));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>What is added to a weight, or null.</summary>
    /// <exception cref="ModelLoadException">It cannot be read, or is not finite.</exception>
    public LowRankUpdate? Find(string weight)
    {
        if (!_shapes.TryGetValue(weight, out long[]? shape)) return null;
        return new LowRankUpdate(
            Read(NameOfA(weight), [_config.Rank, shape[1]]), Read(NameOfB(weight), [shape[0], _config.Rank]), _config.Rank, _config.Scale);
    }

    public void Dispose()
    {
        _reader.Dispose();
        _file.Dispose();
    }

    /// <summary>The name of the first factor, [rank, inputs], of what is added to a weight.</summary>
    public static string NameOfA(string weight) => Prefix(weight) + "lora_A.weight";

    /// <summary>The name of the second factor, [outputs, rank].</summary>
    public static string NameOfB(string weight) => Prefix(weight) + "lora_B.weight";

    private static string Prefix(string weight) => "base_model.model." + weight[..^"weight".Length];

    /// <summary>Checks that the file holds both factors for each weight that the configuration names, and nothing else.</summary>
    private static Dictionary<string, long[]> Match(LoraConfig config, Checkpoint file, IEnumerable<(string Name, long[] Shape)> weights)
    {
        Dictionary<string, long[]> found = new(StringComparer.Ordinal);
        HashSet<string> used = new(StringComparer.Ordinal);
        foreach ((string name, long[] shape) in weights)
        {
            if (LinearOfLayer().Match(name) is not { Success: true } match) continue;
            string a = NameOfA(name), b = NameOfB(name);
            bool isThere = file.Contains(a) || file.Contains(b);
            bool isAdapted = config.Adapts(name[..^".weight".Length], int.Parse(match.Groups[1].ValueSpan, provider: null)) ?? isThere;
            if (!isAdapted) continue; // what is there all the same is left over
            WeightRules.Require(file, a, [config.Rank, shape[1]]);
            WeightRules.Require(file, b, [shape[0], config.Rank]);
            found.Add(name, shape);
            used.UnionWith([a, b]);
        }

        WeightRules.EnsureNoOthers(file, used, embeddingsAreTied: false);
        return found.Count > 0 ? found : throw new ModelLoadException(file.Path, "adapts no linear layer of this model");
    }

    private float[] Read(string name, ReadOnlySpan<long> shape)
    {
        using Tensor tensor = _reader.Read(name, shape, ScalarType.Float32, CPU);
        float[] values = MemoryMarshal.Cast<byte, float>(tensor.bytes).ToArray();
        return System.Numerics.Tensors.TensorPrimitives.IsFiniteAll<float>(values)
            ? values
            : throw new ModelLoadException(_file.Path, $"tensor {ModelLoadException.Quote(name)} has values that are no numbers");
    }

    [GeneratedRegex(@"^model\.layers\.([0-9]+)\.(self_attn\.[qkvo]|mlp\.(gate|up|down))_proj\.weight$")]
    private static partial Regex LinearOfLayer();
}
