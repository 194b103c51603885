using System.CommandLine;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Files;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Export.Gguf;

/// <summary>A model as one GGUF file, which llama.cpp and what is built on it load.</summary>
internal static class GgufCommand
{
    public static Verb Create()
    {
        Option<string> model = new("--model") { Description = "Folder of the model.", HelpName = "DIR", Required = true };
        Option<string> output = new("--out") { Description = "Where to write.", HelpName = "FILE", Required = true };
        Option<string> dtype = new("--dtype")
        {
            Description = "How the matrices are stored; vectors are always f32.",
            DefaultValueFactory = _ => GgufDtype.F16.Name,
        };
        dtype.AcceptOnlyFromAmong([.. GgufDtype.All.Select(known => known.Name)]);
        Verb verb = new("gguf", "Writes a model as a GGUF file, for llama.cpp.",
            "export gguf --model models/demo --out demo.gguf --dtype q8_0")
        { model, output, dtype };
        verb.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetRequiredValue(model), parsed.GetRequiredValue(output),
            GgufDtype.All.Single(known => known.Name == parsed.GetValue(dtype)), parsed.InvocationConfiguration, cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(
        string folder, string path, GgufDtype dtype, InvocationConfiguration console, CancellationToken cancellation)
    {
        ModelConfig config = ModelConfig.Load(folder);
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        GgufModel model = GgufModel.Describe(folder, config, checkpoint, dtype);
        using OutputFile file = OutputFile.Create(path);
        await ProgressBar.RunAsync(console.Error, "export", model.Tensors.Count, completed =>
        {
            new GgufWriter(file.Stream).Write(model.Metadata, model.Tensors, completed, cancellation);
            return Task.FromResult(ExitCode.Success);
        });
        file.Commit();
        foreach (string note in model.Notes) console.Output.WriteLine($"note: {OneLine.Of(note)}");
        console.Output.WriteLine($"{model.Tensors.Count} tensors written to {path}");
        return ExitCode.Success;
    }
}
