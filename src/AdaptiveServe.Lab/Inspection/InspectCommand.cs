using System.CommandLine;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Files;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Routing;

namespace AdaptiveServe.Lab.Inspection;

/// <summary>Shows what a model folder holds; weights are loaded only where the layers are to be measured.</summary>
internal static class InspectCommand
{
    public static Verb Create()
    {
        Option<string> model = new("--model") { Description = "Folder of the model.", HelpName = "DIR", Required = true };
        Option<bool> sensitivity = new("--sensitivity")
        {
            Description = "Load the weights (as float32) and measure how much each layer changes what passes through it.",
        };
        Option<string> text = new("--text") { Description = "Text to measure on, instead of one that is built in.", HelpName = "FILE" };
        Option<bool> ranking = new("--write-ranking")
        {
            Description = $"Measure, and write the order in which layers may be left out to {LayerRanking.Place} in the folder.",
        };
        Verb verb = new("inspect", "Shows the shapes, parameters, tokenizer and need of memory of a model.",
            "inspect --model models/demo/large --sensitivity")
        { model, sensitivity, text, ranking };
        verb.SetAction(parsed =>
        {
            string? sample = parsed.GetValue(text) is { } path ? File.ReadAllText(path) : null;
            ModelSummary summary = ModelSummary.Read(parsed.GetRequiredValue(model));
            bool measures = parsed.GetValue(sensitivity) || parsed.GetValue(ranking) || sample is not null;
            LayerChanges? changes = measures ? LayerChanges.Measure(summary, sample) : null;
            if (parsed.GetValue(ranking)) WriteRanking(summary.Folder, changes!);
            ModelSheet.Write(summary, changes, parsed.InvocationConfiguration.Output);
            return ExitCode.Success;
        });
        return verb;
    }

    private static void WriteRanking(string folder, LayerChanges changes)
    {
        string path = Path.Combine(folder, LayerRanking.Place);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using OutputFile file = OutputFile.Create(path);
        new LayerRanking(ModelFingerprint.Of(folder), "cosine", changes.Ranking).Write(file.Stream);
        file.Commit();
    }
}
