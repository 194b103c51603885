using AdaptiveServe.Lab.Files;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Routing;
using AdaptiveServe.Torch.Saving;
using TorchSharp;

namespace AdaptiveServe.Lab.LayerRouting;

/// <summary>Writes what was trained to where the server looks for it.</summary>
internal static class RouterOutput
{
    /// <summary>Begins the file. One that lies there for another model would keep this one from being loaded, and goes.</summary>
    public static OutputFile Create(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            RouterFile.Find(folder, name)?.Dispose();
        }
        catch (ModelLoadException) when (File.Exists(path))
        {
            File.Delete(path);
        }

        return OutputFile.Create(path);
    }

    /// <param name="file">Where to.</param>
    /// <param name="tensors">Gives the weights; they are freed afterwards.</param>
    /// <param name="quantiles">Of the scores (<see cref="ScoreQuantiles"/>).</param>
    /// <param name="fingerprint">Of the model.</param>
    /// <param name="method">How they were trained.</param>
    public static void Write(
        OutputFile file, Func<IReadOnlyList<(string Name, torch.Tensor Tensor)>> tensors, float[] quantiles, string fingerprint, string method)
    {
        using var scope = torch.NewDisposeScope();
        SafetensorsWriter.Write(file.Stream, [.. tensors(), (RouterFile.QuantilesName, torch.tensor(quantiles))],
            new Dictionary<string, string> { [RouterFile.Model] = fingerprint, ["method"] = method });
    }
}
