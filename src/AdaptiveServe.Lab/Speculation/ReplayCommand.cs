using System.CommandLine;
using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Evaluation;
using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Lab.Files;
using AdaptiveServe.Torch;
using AdaptiveServe.Torch.Adaptive;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Speculation;

/// <summary>Compares all stop rules on the same answers: traces once, then replays each rule at given costs.</summary>
internal static class ReplayCommand
{
    private const int Concurrency = 64, DefaultLimit = 300, DefaultMaxDraft = 16;

    public static Verb Create()
    {
        Option<string> model = new("--model") { Description = "Folder of the large model, or 'demo' for the pair that is shipped.", HelpName = "DIR", Required = true };
        Option<string?> small = new("--small-model") { Description = "Folder of the small model.", HelpName = "DIR" };
        Option<string> suite = new("--suite") { Description = "demo, or a file as for eval.", HelpName = "demo|JSONL", Required = true };
        Option<string?> head = new("--head") { Description = "Another acceptance head than the one beside the large model.", HelpName = "FILE" };
        Option<string?> plot = new("--plot") { Description = "Draw what the rules came to here.", HelpName = "SVG" };
        Option<string?> json = new("--json") { Description = "Write the numbers to this file too.", HelpName = "FILE" };
        NumberOption<int> limit = new("--limit", "Examples at most; by default 300.", 1, EvaluationSuite.MaxExamples);
        NumberOption<int> seed = new("--seed", "Of the demo suite and of sampling; by default 1.", 0, int.MaxValue);
        NumberOption<int> maxDraft = new("--max-draft", "Tokens of a draft at most; by default 16.", 1, SpeculationOptions.MaxDraftLimit);
        NumberOption<float> temperature = new("--temperature", "Of the answers; by default 0.", 0, 100);
        NumberOption<double> draft = new("--draft-cost", "One forward of the small model, in forwards of the large one; by default 0.05.", 0, 10);
        NumberOption<double> verify = new("--verify-cost", "A forward that verifies drafts; by default 1.2.", 0.1, 10);
        NumberOption<double> token = new("--token-cost", "Added to it for each drafted token; by default 0.", 0, 10);
        Verb verb = new("replay", "Compares the rules that end drafts, on the same answers and at given costs.",
            "replay --model demo --suite demo --limit 300 --plot replay.svg")
        { model, small, suite, head, plot, json, limit, seed, maxDraft, temperature, draft, verify, token };
        verb.SetAction(async (parsed, cancellation) =>
        {
            (string Large, string Small) pair = ModelFolders.FindPair(parsed.GetRequiredValue(model), parsed.GetValue(small));
            EvaluationOptions options = new() { Temperature = parsed.GetValue(temperature) ?? 0, Seed = parsed.GetValue(seed) ?? 1 };
            IReadOnlyList<EvaluationExample> examples = EvaluationSuite.Load(
                parsed.GetRequiredValue(suite), parsed.GetValue(limit) ?? DefaultLimit, options.Seed, Difficulty.InRange);
            ReplayCosts costs = new(parsed.GetValue(draft) ?? 0.05, parsed.GetValue(verify) ?? 1.2, parsed.GetValue(token) ?? 0);
            int longest = parsed.GetValue(maxDraft) ?? DefaultMaxDraft;
            InvocationConfiguration console = parsed.InvocationConfiguration;
            IReadOnlyList<DraftTrace> traces = await TraceAsync(pair, parsed.GetValue(head), examples, options, longest, console.Error, cancellation);
            bool hasHead = parsed.GetValue(head) is not null || File.Exists(Path.Combine(pair.Large, AcceptanceHead.FileName));
            ReplayComparison comparison = ReplayComparison.Of(traces, longest, costs, hasHead);
            comparison.Write(console.Output);
            if (parsed.GetValue(json) is { } path) LabJson.WriteFile(path, comparison.ToJson());
            if (parsed.GetValue(plot) is { } picture) comparison.Plot(picture);
            return ExitCode.Success;
        });
        return verb;
    }

    private static async Task<IReadOnlyList<DraftTrace>> TraceAsync(
        (string Large, string Small) pair, string? headFile, IReadOnlyList<EvaluationExample> examples, EvaluationOptions options, int maxDraft, TextWriter error,
        CancellationToken cancellation)
    {
        using EvaluationModel model = EvaluationModel.Load(new TorchRunnerOptions { Model = pair.Large, SmallModel = pair.Small }, Concurrency);
        IReadOnlyList<Answer> answers = await ProgressBar.RunAsync(error, "answers", examples.Count, onDone =>
            AnswerSource.RunAsync(model, examples, options, onDone, cancellation));
        using DrafterPass drafter = new(pair.Small);
        string path = headFile ?? Path.Combine(pair.Large, AcceptanceHead.FileName);
        AcceptanceHead? head = headFile is not null || File.Exists(path)
            ? AcceptanceHead.Load(path, drafter.HiddenSize, ModelFingerprint.Of(pair.Large, pair.Small))
            : null;
        if (head is { ScoresLast: true }) throw new LabException("a head that scores a token one forward late cannot be replayed: train one without --as-released");
        return await new DraftTracer(model, drafter, head).RunAsync([.. answers.Where(answer => answer.Tokens.Length <= drafter.MaxLength)], maxDraft, cancellation);
    }
}
