using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Files;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Models;
using AdaptiveServe.Torch.Saving;
using TorchSharp;

namespace AdaptiveServe.Lab.LayerRouting;

/// <summary>Writes a model with its adapter merged into the weights as a model folder of its own.</summary>
internal static class MergedModel
{
    private static readonly string[] Copied = [".json", ".jinja", ".model"]; // configuration, tokenizer and chat template

    /// <summary>Refuses a folder that holds something.</summary>
    /// <exception cref="LabException">It does.</exception>
    public static void RequireEmpty(string folder)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()) throw new LabException($"{folder}: is not empty");
    }

    /// <summary>Writes each weight in the type that it has in the base model, in one file.</summary>
    /// <param name="model">Folder of the base model.</param>
    /// <param name="adapterFolder">Folder of the adapter.</param>
    /// <param name="output">Folder of the merged model; made when it is not there.</param>
    public static void Write(string model, string adapterFolder, string output)
    {
        ModelConfig config = ModelConfig.Load(model);
        using Checkpoint checkpoint = Checkpoint.Open(model);
        using LoraAdapter adapter = LoraAdapter.Open(adapterFolder, model, DecoderWeights.Names(config));
        using DecoderWeights weights = DecoderWeights.Load(
            config, checkpoint, new WeightTypes(torch.ScalarType.Float32, torch.ScalarType.Float32), torch.CPU, adapter);
        Directory.CreateDirectory(output);
        foreach (string file in Directory.EnumerateFiles(model))
        {
            if (Copied.Contains(Path.GetExtension(file)) && !file.EndsWith(".index.json", StringComparison.Ordinal))
                File.Copy(file, Path.Combine(output, Path.GetFileName(file)));
        }

        using var scope = torch.NewDisposeScope();
        using OutputFile merged = OutputFile.Create(Path.Combine(output, "model.safetensors"));
        SafetensorsWriter.Write(
            merged.Stream, [.. DecoderTensors.Of(config, weights).Select(entry => (entry.Name, entry.Tensor.to_type(TypeOf(entry.Name))))],
            new Dictionary<string, string> { ["format"] = "pt" });
        merged.Commit();

        torch.ScalarType TypeOf(string name) => SafetensorsDtype.ToWeightType(checkpoint.Describe(name).Dtype)!.Value;
    }
}
