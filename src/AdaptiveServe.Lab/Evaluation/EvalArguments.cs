using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Evaluation.Methods;
using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Lab.Files;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Evaluation;

/// <summary>The options of an evaluation on the command line.</summary>
internal sealed class EvalArguments
{
    private readonly Option<string> _model = Required(
        "--model", $"Folder of the model, or '{DemoPair.Name}' for the pair that is shipped.", "DIR");
    private readonly Option<string?> _small = Optional("--small-model", "Folder of the small model of a pair.", "DIR");
    private readonly Option<string?> _adapter = Optional("--adapter", "Folder of a low-rank adapter to merge into the large model.", "DIR");
    private readonly Option<string?> _adaptive = Optional(
        "--adaptive", "How to compute: the object that a request has in 'adaptive'.", "JSON");
    private readonly Option<string?> _alias = Optional("--alias", "The same by a model's name, such as demo:large.", "NAME:SUFFIX");
    private readonly Option<string> _suite = Required(
        "--suite", "demo, or a file: 'prompt', 'question' or 'messages', and 'answer'; 'checker' and 'task' if wanted.", "demo|JSONL");
    private readonly Option<string?> _difficulty = Optional(
        "--difficulty", "in: demo examples of the sizes that training shows (default); out: of larger ones.", "in|out");
    private readonly NumberOption<int> _limit = new(
        "--limit", "Examples at most; by default 1000 of the demo suite, and a whole file.", 1, EvaluationSuite.MaxExamples);
    private readonly NumberOption<int> _seed = new("--seed", "Of the demo suite and of sampling; by default 1.", 0, int.MaxValue);
    private readonly NumberOption<int> _concurrency = new("--concurrency", "Replies under way at a time; by default 32.", 1, 4096);
    private readonly NumberOption<int> _threads = new("--threads", "CPU threads; by default all cores.", 1, 1024);
    private readonly NumberOption<int> _maxTokens = new(
        "--max-tokens", "How long a reply may be; by default 512. The model's context bounds it too.", 1, 1_000_000);
    private readonly NumberOption<float> _temperature = new("--temperature", "Of sampling; by default 0, the most likely token.", 0, 100);
    private readonly Option<bool> _compare = new("--compare")
    {
        Description = "Compare the methods of a pair: both models alone, drafts, cascade, and entropy switching with its controls at equal share. "
            + "Thresholds are quantiles, for the published rule and the replacing one, or for the rule of --adaptive; its 'quality' is one "
            + "setting.",
    };
    private readonly NumberOption<int> _seeds = new("--seeds", "Draws of the demo suite to compare on; by default 3, from --seed on.", 1, 100);
    private readonly Option<string?> _plot = Optional("--plot", "Write PREFIX-share.svg and PREFIX-time.svg: accuracy against cost.", "PREFIX");
    private readonly Option<string?> _baseline = Optional("--baseline", "A report of the same examples to compare with.", "FILE");
    private readonly Option<string?> _answers = Optional(
        "--answers", "Write each prompt, its reply, and whether it is correct, to this file.", "JSONL");
    private readonly Option<string?> _json = Optional("--json", "Write the whole report to this file too.", "FILE");

    public EvalArguments(Verb verb)
    {
        _difficulty.AcceptOnlyFromAmong("in", "out");
        verb.Validators.Add(RefuseContradictions);
        foreach (Option option in (Option[])
            [
                _model, _small, _adapter, _adaptive, _alias, _suite, _difficulty, _limit, _seed, _concurrency, _threads, _maxTokens, _temperature,
                _compare, _seeds, _plot, _baseline, _answers, _json,
            ])
        {
            verb.Add(option);
        }
    }

    /// <param name="parsed">A command line without errors.</param>
    /// <exception cref="LabException">What it asks for is not built.</exception>
    public EvalOptions Read(ParseResult parsed)
    {
        EvalOptions defaults = new() { Model = parsed.GetRequiredValue(_model), Suite = parsed.GetRequiredValue(_suite) };
        return defaults with
        {
            SmallModel = parsed.GetValue(_small),
            Adapter = parsed.GetValue(_adapter),
            Difficulty = parsed.GetValue(_difficulty) == "out" ? Difficulty.OutOfRange : Difficulty.InRange,
            Limit = parsed.GetValue(_limit),
            Concurrency = parsed.GetValue(_concurrency) ?? defaults.Concurrency,
            Threads = parsed.GetValue(_threads) ?? 0,
            Alias = parsed.GetValue(_alias),
            Compare = parsed.GetValue(_compare) ? new CompareOptions(parsed.GetValue(_seeds) ?? 3, parsed.GetValue(_plot)) : null,
            IsAdaptiveGiven = parsed.GetValue(_adaptive) is not null,
            Evaluation = new EvaluationOptions
            {
                Adaptive = Adaptive(parsed),
                MaxTokens = parsed.GetValue(_maxTokens) ?? defaults.Evaluation.MaxTokens,
                Temperature = parsed.GetValue(_temperature) ?? defaults.Evaluation.Temperature,
                Seed = parsed.GetValue(_seed) ?? defaults.Evaluation.Seed,
            },
            Baseline = parsed.GetValue(_baseline),
            Answers = parsed.GetValue(_answers),
            Json = parsed.GetValue(_json),
        };
    }

    private AdaptiveChoice Adaptive(ParseResult parsed)
    {
        if (parsed.GetValue(_alias) is { } alias) return AdaptiveChoice.OfAlias(alias);
        return ParseObject(parsed.GetValue(_adaptive)) is { } adaptive ? AdaptiveChoice.Parse(adaptive) : new AdaptiveChoice();
    }

    private void RefuseContradictions(CommandResult line)
    {
        bool Has(Option option) => line.GetResult(option) is not null;
        if (Has(_adaptive) && Has(_alias)) line.AddError("--adaptive and --alias exclude each other.");
        if (Has(_adaptive) && ParseObject(line.GetValue(_adaptive)) is null) line.AddError("--adaptive must be a JSON object.");
        if (!line.GetValue(_compare) && (Has(_seeds) || Has(_plot))) line.AddError("--seeds and --plot are for --compare.");
        if (line.GetValue(_compare) && (Has(_alias) || Has(_baseline) || Has(_answers)))
            line.AddError("--compare runs methods of its own: --alias, --baseline and --answers mean nothing.");
        if (Has(_small) && line.GetValue(_model) == DemoPair.Name)
            line.AddError("--model demo brings its own: --small-model means nothing.");
        if (Has(_difficulty) && line.GetValue(_suite) != EvaluationSuite.Demo) line.AddError("--difficulty is for --suite demo.");
        if (line.GetValue(_json) is { Length: > 0 } json && line.GetValue(_answers) is { Length: > 0 } answers
            && Path.GetFullPath(json) == Path.GetFullPath(answers))
            line.AddError("--json and --answers name the same file.");
    }

    private static JsonElement? ParseObject(string? text)
    {
        try
        {
            if (text is null) return null;
            JsonElement root = JsonElement.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            LabJson.RefuseHalfPairs(root);
            return root.ValueKind == JsonValueKind.Object ? root : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Option<string> Required(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName, Required = true };

    private static Option<string?> Optional(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName };
}
