using System.CommandLine;
using AdaptiveServe.Lab.CommandLine;

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
        Verb verb = new("inspect", "Shows the shapes, parameters, tokenizer and need of memory of a model.",
            "inspect --model models/demo/large --sensitivity")
        { model, sensitivity, text };
        verb.SetAction(parsed =>
        {
            string? sample = parsed.GetValue(text) is { } path ? File.ReadAllText(path) : null;
            ModelSummary summary = ModelSummary.Read(parsed.GetRequiredValue(model));
            LayerChanges? changes = parsed.GetValue(sensitivity) || sample is not null ? LayerChanges.Measure(summary, sample) : null;
            ModelSheet.Write(summary, changes, parsed.InvocationConfiguration.Output);
            return ExitCode.Success;
        });
        return verb;
    }
}
