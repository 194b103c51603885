using System.CommandLine;
using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Torch.Adaptive;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Calibration;

/// <summary>The options of a calibration on the command line.</summary>
internal sealed class CalibrationArguments
{
    private readonly Option<string> _model = Required(
        "--model", $"Folder of the large model, or '{DemoPair.Name}' for the pair that is shipped.", "DIR");
    private readonly Option<string?> _small = new("--small-model") { Description = "Folder of the small model.", HelpName = "DIR" };
    private readonly Option<string> _suite = Required("--suite", "demo, or a file as 'eval' reads it.", "demo|JSONL");
    private readonly Option<string> _out = Required(
        "--out", $"Folder that gets {EntropyCalibration.FileName}: the large model's, for a server to find it.", "DIR");
    private readonly Option<string?> _criterion = new("--criterion")
    {
        Description = "What says how unsure a model is; by default entropy.",
        HelpName = string.Join('|', EntropySwitchingOptions.CriterionNames),
    };
    private readonly NumberOption<int> _limit = new(
        "--limit", "Examples at most, by default 600: half to choose settings, half to measure them.", 2, EvaluationSuite.MaxExamples);
    private readonly NumberOption<int> _seed = new("--seed", "Of the demo suite; by default 11.", 0, int.MaxValue);
    private readonly NumberOption<int> _concurrency = new("--concurrency", "Replies under way at a time; by default 32.", 1, 4096);
    private readonly NumberOption<int> _threads = new("--threads", "CPU threads; by default all cores.", 1, 1024);
    private readonly NumberOption<int> _maxTokens = new("--max-tokens", "How long a reply may be; by default 512.", 1, 1_000_000);
    private readonly NumberOption<double> _quality = new(
        "--default-quality", "Share of the large model's accuracy that holds where a request sets nothing; by default 0.95.", 0.01, 1);

    public CalibrationArguments(Verb verb)
    {
        _criterion.AcceptOnlyFromAmong([.. EntropySwitchingOptions.CriterionNames]);
        verb.Validators.Add(line =>
        {
            bool isDemo = line.GetValue(_model) == DemoPair.Name, hasSmall = line.GetResult(_small) is not null;
            if (isDemo && hasSmall) line.AddError("--model demo brings its own: --small-model means nothing.");
            if (!isDemo && !hasSmall) line.AddError("--small-model is needed: what is calibrated is a pair.");
        });
        foreach (Option option in (Option[])
            [_model, _small, _suite, _out, _criterion, _limit, _seed, _concurrency, _threads, _maxTokens, _quality])
        {
            verb.Add(option);
        }
    }

    /// <param name="parsed">A command line without errors.</param>
    public CalibrationOptions Read(ParseResult parsed)
    {
        CalibrationOptions defaults = new()
        {
            Model = parsed.GetRequiredValue(_model),
            Suite = parsed.GetRequiredValue(_suite),
            Out = parsed.GetRequiredValue(_out),
        };
        return defaults with
        {
            SmallModel = parsed.GetValue(_small),
            Criterion = parsed.GetValue(_criterion) ?? defaults.Criterion,
            Limit = parsed.GetValue(_limit) ?? defaults.Limit,
            Seed = parsed.GetValue(_seed) ?? defaults.Seed,
            Concurrency = parsed.GetValue(_concurrency) ?? defaults.Concurrency,
            Threads = parsed.GetValue(_threads) ?? defaults.Threads,
            MaxTokens = parsed.GetValue(_maxTokens) ?? defaults.MaxTokens,
            DefaultQuality = parsed.GetValue(_quality) ?? defaults.DefaultQuality,
        };
    }

    private static Option<string> Required(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName, Required = true };
}
