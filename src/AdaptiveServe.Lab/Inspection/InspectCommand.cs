using System.CommandLine;
using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Inspection;

/// <summary>Shows what a model folder holds, without loading its weights.</summary>
internal static class InspectCommand
{
    public static Verb Create()
    {
        Option<string> model = new("--model") { Description = "Folder of the model.", HelpName = "DIR", Required = true };
        Verb verb = new("inspect", "Shows the shapes, parameters, tokenizer and need of memory of a model.", "inspect --model models/demo")
        { model };
        verb.SetAction(parsed =>
        {
            ModelSummary summary = ModelSummary.Read(parsed.GetRequiredValue(model));
            ModelSheet.Write(summary, parsed.InvocationConfiguration.Output);
            return ExitCode.Success;
        });
        return verb;
    }
}
