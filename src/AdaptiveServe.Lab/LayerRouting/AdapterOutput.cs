using System.Text.Json.Nodes;
using AdaptiveServe.Lab.Files;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Routing;
using AdaptiveServe.Torch.Saving;
using AdaptiveServe.Torch.Training;
using TorchSharp;

namespace AdaptiveServe.Lab.LayerRouting;

/// <summary>Writes a trained adapter as a Hugging Face PEFT folder, with the gates that it was trained for.</summary>
internal static class AdapterOutput
{
    /// <summary>Its place in the folder of a model.</summary>
    public const string Folder = "adaptive/gate-adapter";

    /// <param name="folder">The adapter's; made when it is not there.</param>
    /// <param name="model">Folder of the base model.</param>
    /// <param name="rank">Of the factors; alpha is twice the rank.</param>
    /// <param name="weights">The factors; bfloat16 in the file.</param>
    /// <param name="gates">That it was trained for.</param>
    /// <param name="quantiles">Of the gates' scores with the adapter.</param>
    public static void Write(string folder, string model, int rank, LowRankWeights weights, GateRouter gates, float[] quantiles)
    {
        string fingerprint = ModelFingerprint.Of(model);
        Directory.CreateDirectory(folder);
        using (var scope = torch.NewDisposeScope())
        using (OutputFile file = OutputFile.Create(Path.Combine(folder, LoraAdapter.WeightsFile)))
        {
            SafetensorsWriter.Write(file.Stream, [.. weights.Tensors.Select(entry => (entry.Name, entry.Tensor.to_type(torch.bfloat16)))],
                new Dictionary<string, string> { ["format"] = "pt", [LoraAdapter.Model] = fingerprint });
            file.Commit();
        }

        LabJson.WriteFile(Path.Combine(folder, LoraAdapter.ConfigFile), new JsonObject
        {
            ["peft_type"] = "LORA",
            ["task_type"] = "CAUSAL_LM",
            ["base_model_name_or_path"] = new DirectoryInfo(model).Name,
            ["r"] = rank,
            ["lora_alpha"] = 2 * rank,
            ["lora_dropout"] = 0,
            ["target_modules"] = new JsonArray("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"),
            ["bias"] = "none",
            ["fan_in_fan_out"] = false,
            ["use_rslora"] = false,
            ["inference_mode"] = true,
        });
        using OutputFile routers = OutputFile.Create(Path.Combine(folder, GateRouter.AdapterFileName));
        RouterOutput.Write(routers, gates.Tensors, quantiles, fingerprint, "first");
        routers.Commit();
    }
}
