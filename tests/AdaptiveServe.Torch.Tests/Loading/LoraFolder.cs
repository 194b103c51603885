using System.Text.Json.Nodes;
using AdaptiveServe.Tests;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Models;

namespace AdaptiveServe.Torch.Tests.Loading;

/// <summary>A PEFT folder with random factors for some weights of a model, to be written as it is or wrong.</summary>
internal sealed class LoraFolder : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <param name="config">Of the model.</param>
    /// <param name="rank">Of the factors.</param>
    /// <param name="targets">Modules to adapt, such as <c>q_proj</c>.</param>
    /// <param name="size">Of the numbers of B; 0 makes an adapter that adds nothing.</param>
    public LoraFolder(ModelConfig config, int rank, string[] targets, float size = 0.3f)
    {
        Json = new JsonObject
        {
            ["peft_type"] = "LORA",
            ["task_type"] = "CAUSAL_LM",
            ["base_model_name_or_path"] = "any",
            ["r"] = rank,
            ["lora_alpha"] = 2 * rank,
            ["lora_dropout"] = 0.05,
            ["target_modules"] = new JsonArray([.. targets.Select(target => JsonValue.Create(target))]),
            ["bias"] = "none",
            ["fan_in_fan_out"] = false,
            ["init_lora_weights"] = true,
            ["rank_pattern"] = new JsonObject(),
            ["alpha_pattern"] = new JsonObject(),
            ["modules_to_save"] = null,
        };
        Random random = new(5);
        foreach ((string name, long[] shape) in DecoderWeights.Names(config))
        {
            if (!targets.Any(target => name.EndsWith($".{target}.weight", StringComparison.Ordinal))) continue;
            Factors[name] = (Any(rank * shape[1], 0.3f), Any(shape[0] * rank, size));
            Tensors.Add((LoraAdapter.NameOfA(name), "F32", [rank, shape[1]], SafetensorsWriter.Bytes(Factors[name].A)));
            Tensors.Add((LoraAdapter.NameOfB(name), "F32", [shape[0], rank], SafetensorsWriter.Bytes(Factors[name].B)));
        }

        float[] Any(long count, float most) => [.. Enumerable.Range(0, (int)count).Select(_ => most * (2 * random.NextSingle() - 1))];
    }

    public string Path => _folder.Path;

    public JsonObject Json { get; }

    public List<(string Name, string Dtype, long[] Shape, byte[] Data)> Tensors { get; } = [];

    public Dictionary<string, (float[] A, float[] B)> Factors { get; } = [];

    /// <summary>What it adds to a weight, in float64: [outputs, inputs].</summary>
    public double[] Delta(string weight, double scale)
    {
        int rank = (int)Json["r"]!;
        (float[] a, float[] b) = Factors[weight];
        int inputs = a.Length / rank;
        return [.. Enumerable.Range(0, b.Length / rank * inputs).Select(i =>
            scale * Enumerable.Range(0, rank).Sum(k => (double)b[i / inputs * rank + k] * a[k * inputs + i % inputs]))];
    }

    /// <summary>Writes both files.</summary>
    /// <param name="metadata">The entry of the metadata in the header, with a comma behind it.</param>
    public LoraFolder Write(string metadata = "")
    {
        _folder.Write(LoraAdapter.ConfigFile, Json.ToJsonString());
        long offset = 0;
        List<string> entries = [];
        foreach ((string name, string dtype, long[] shape, byte[] data) in Tensors)
        {
            entries.Add(SafetensorsWriter.Entry(name, dtype, shape, offset, offset + data.Length));
            offset += data.Length;
        }

        SafetensorsWriter.WriteRaw(
            _folder.File(LoraAdapter.WeightsFile), "{" + metadata + string.Join(',', entries) + "}", [.. Tensors.SelectMany(tensor => tensor.Data)]);
        return this;
    }

    public void Dispose() => _folder.Dispose();
}
