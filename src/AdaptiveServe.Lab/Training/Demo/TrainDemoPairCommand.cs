using System.CommandLine;
using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Training.Demo;

/// <summary>Trains the pair that the server starts with when no model is named.</summary>
internal static class TrainDemoPairCommand
{
    public static Verb Create()
    {
        Option<string> output = new("--out") { Description = "Folder for the two models; a run goes on where the one before stopped.", HelpName = "DIR", Required = true };
        Option<string> preset = new("--preset") { Description = "full (hours on two cores) or smoke (two minutes).", DefaultValueFactory = _ => "full" };
        preset.AcceptOnlyFromAmong("full", "smoke");
        Option<string> only = new("--only") { Description = "Train only this model of the pair: small or large." };
        only.AcceptOnlyFromAmong("small", "large");
        NumberOption<int> seed = new("--seed", "Of the first weights and of the data (default 1).", 0, int.MaxValue);
        NumberOption<int> threads = new("--threads", "CPU threads; by default all cores.", 1, 1024);
        Verb verb = new("demo-pair", "Trains the demo pair from nothing: data, tokenizer, a small and a large model.",
            "train demo-pair --out models/demo --preset smoke")
        { output, preset, only, seed, threads };
        verb.SetAction(async (parsed, cancellation) =>
        {
            DemoPairFolder folder = new(parsed.GetRequiredValue(output));
            DemoPairPreset chosen = parsed.GetValue(preset) == "smoke" ? DemoPairPreset.Smoke : DemoPairPreset.Full;
            HashSet<string> names = parsed.GetValue(only) is { } name ? [name] : ["small", "large"];
            await TrainingProgress.RunAsync(parsed.InvocationConfiguration.Output, progress =>
                new DemoPairTrainer(folder, chosen, parsed.GetValue(seed) ?? 1, parsed.GetValue(threads) ?? 0, progress).Run(names, cancellation));
            return ExitCode.Success;
        });
        return verb;
    }
}
