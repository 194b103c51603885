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
    private readonly Option<string?> _adapter = new("--adapter") { Description = "Folder of a low-rank adapter to merge into the model.", HelpName = "DIR" };
    private readonly Option<string> _suite = Required("--suite", "demo, or a file as eval takes it.", "demo|JSONL");
    private readonly Option<string> _output = Required("--out", "Folder for routes.json and routes.svg.", "DIR");
    private readonly Option<string[]> _routers = new("--router")
    {
        Description = "A router to compare; repeat for several. By default static, random, and what lies beside the model or needs nothing.",
        HelpName = "NAME",
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
    private readonly Option<string?> _prompt = new("--prompt")
    {
        Description = "Whether all layers run over prompts, or those of the route; by default what is usual for the router.",
        HelpName = "whole|routed",
    };
    private readonly Option<bool> _oracle = new("--oracle")
    {
        Description = "Search the shortest correct path of each example too: what no router can beat.",
    };
    private readonly Option<bool> _untimed = new("--untimed")
    {
        Description = "Take what equals the whole model's reply in few forwards: the same replies sooner, and no speed.",
    };
    private readonly NumberOption<int> _threads = new("--threads", "CPU threads; by default all cores.", 1, 1024);

    public CompareRoutesArguments(Verb verb)
    {
        Option[] all = [_model, _adapter, _suite, _output, _routers, _budgets, _limit, _seed, _concurrency, _threads, _prompt, _oracle, _untimed];
        foreach (Option option in all) verb.Add(option);
        _routers.AcceptOnlyFromAmong([.. RoutingOptions.RouterNames]);
        _prompt.AcceptOnlyFromAmong(RoutingOptions.WholePrompt, RoutingOptions.RoutedPrompt);
    }

    public CompareRoutesOptions Read(ParseResult parsed) => new(
        parsed.GetRequiredValue(_model), parsed.GetValue(_adapter), parsed.GetRequiredValue(_suite), parsed.GetRequiredValue(_output), parsed.GetValue(_routers) ?? [],
        parsed.GetRequiredValue(_budgets), parsed.GetValue(_limit), parsed.GetValue(_seed) ?? 1, parsed.GetValue(_concurrency) ?? 32,
        parsed.GetValue(_threads) ?? 0, parsed.GetValue(_prompt), parsed.GetValue(_oracle), !parsed.GetValue(_untimed));

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
