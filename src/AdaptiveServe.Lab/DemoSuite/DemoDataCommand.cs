using System.CommandLine;
using System.Text.Json;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Files;

namespace AdaptiveServe.Lab.DemoSuite;

/// <summary>Writes examples of the suite that training never shows, for evaluation.</summary>
internal static class DemoDataCommand
{
    private const int MaxCount = 100_000;

    public static Verb Create()
    {
        Option<string> output = new("--out")
        {
            Description = """Where to write {"task", "prompt", "answer", "checker", "response"}, one for each example.""",
            HelpName = "JSONL",
            Required = true,
        };
        NumberOption<int> count = new("--count", "How many examples.", 1, MaxCount) { Required = true };
        NumberOption<int> seed = new("--seed", "Other seeds draw other examples (default 0).", 0, int.MaxValue);
        Option<string> difficulty = new("--difficulty")
        {
            Description = "in: of the sizes that training shows (default); out: of larger ones.",
            HelpName = "in|out",
            DefaultValueFactory = _ => "in",
        };
        difficulty.AcceptOnlyFromAmong("in", "out");
        Verb verb = new("demo-data", "Writes held-out examples of the demo tasks.", "demo-data --out heldout.jsonl --count 1000 --seed 1")
        { output, count, seed, difficulty };
        verb.SetAction((parsed, cancellation) => Task.FromResult(Run(
            parsed.GetRequiredValue(output), parsed.GetRequiredValue(count)!.Value, parsed.GetValue(seed) ?? 0,
            parsed.GetValue(difficulty) == "out" ? Difficulty.OutOfRange : Difficulty.InRange,
            parsed.InvocationConfiguration.Output, cancellation)));
        return verb;
    }

    private static int Run(string to, int count, int seed, Difficulty difficulty, TextWriter output, CancellationToken cancellation)
    {
        using OutputFile file = OutputFile.Create(to);
        foreach (DemoExample example in DemoExamples.HeldOut(seed, count, difficulty))
        {
            cancellation.ThrowIfCancellationRequested();
            JsonSerializer.Serialize(file.Stream, DemoDataLine.Of(example), LabJson.Line);
            file.Stream.WriteByte((byte)'\n');
        }

        file.Commit();
        output.WriteLine($"{count} lines written to {to}");
        return ExitCode.Success;
    }
}
