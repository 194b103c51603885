using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Evaluation.Routing;

/// <summary>The options of a comparison of routers on the command line.</summary>
internal sealed class CompareRoutesArguments
{
    private readonly Option<string> _model = Required("--model", $"Folder of the model, or '{DemoPair.Name}' for the large one that is shipped.", "DIR");
    private readonly Option<string> _suite = Required("--suite", "demo, or a file as eval takes it.", "demo|JSONL");
    private readonly Option<string> _output = Required("--out", "Folder for routes.json and routes.svg.", "DIR");
    private readonly Option<string[]> _routers = new("--router")
    {
        Description = "A router to compare; repeat for several. By default static and random.",
        HelpName = "NAME",
        DefaultValueFactory = _ => ["static", "random"],
    };
    private readonly Option<double[]> _budgets = new("--budget")
    {
        Description = "A share of layers to run; repeat for several. By default 0.9, 0.8, 0.7 and 0.6.",
        HelpName = "N",
        CustomParser = Shares,
        DefaultValueFactory = _ => [0.9, 0.8, 0.7, 0.6],
    };
    private readonly NumberOption<int> _limit = new("--limit", "Examples at most; by default 1000 of the demo suite.", 1, EvaluationSuite.MaxExamples);
    private readonly NumberOption<int> _seed = new("--seed", "Of the demo suite; by default 1.", 0, int.MaxValue);
    private readonly NumberOption<int> _concurrency = new("--concurrency", "Replies under way at a time; by default 32.", 1, 4096);
    private readonly NumberOption<int> _threads = new("--threads", "CPU threads; by default all cores.", 1, 1024);

    public CompareRoutesArguments(Verb verb)
    {
        foreach (Option option in (Option[])[_model, _suite, _output, _routers, _budgets, _limit, _seed, _concurrency, _threads]) verb.Add(option);
        _routers.AcceptOnlyFromAmong([.. RoutingOptions.RouterNames]);
    }

    public CompareRoutesOptions Read(ParseResult parsed) => new(
        parsed.GetRequiredValue(_model), parsed.GetRequiredValue(_suite), parsed.GetRequiredValue(_output), parsed.GetRequiredValue(_routers),
        parsed.GetRequiredValue(_budgets), parsed.GetValue(_limit), parsed.GetValue(_seed) ?? 1, parsed.GetValue(_concurrency) ?? 32,
        parsed.GetValue(_threads) ?? 0);

    private static double[]? Shares(ArgumentResult result)
    {
        double[] shares = [.. result.Tokens.Select(token =>
            double.TryParse(token.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double share) ? share : 0)];
        if (shares.All(share => share is > 0 and <= 1)) return shares;
        result.AddError("--budget must be a share of the layers above 0 and at most 1.");
        return null;
    }

    private static Option<string> Required(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName, Required = true };
}
