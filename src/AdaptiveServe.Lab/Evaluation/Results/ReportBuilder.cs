using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Evaluation.Suites;

namespace AdaptiveServe.Lab.Evaluation.Results;

/// <summary>Puts what was asked for and what came of it together.</summary>
internal static class ReportBuilder
{
    public static EvaluationReport Build(
        EvalOptions options, DateTimeOffset startedAt, bool hasChatTemplate, EvaluationResult result, BaselineFile? baseline) => new()
        {
            StartedAt = startedAt,
            Model = options.Model,
            SmallModel = options.SmallModel,
            Adapter = options.Adapter,
            Suite = options.Suite,
            Difficulty = options.Suite != EvaluationSuite.Demo ? null : options.Difficulty == Difficulty.InRange ? "in" : "out",
            Seed = options.Evaluation.Seed,
            Alias = options.Alias,
            Target = options.Evaluation.Adaptive.Target,
            Proposal = options.Evaluation.Adaptive.Proposal,
            Entropy = options.Evaluation.Adaptive.Target == "entropy" ? options.Evaluation.Adaptive.Entropy : null,
            Routing = options.Evaluation.Adaptive.Target == "routed" ? options.Evaluation.Adaptive.Routing : null,
            Cascade = options.Evaluation.Adaptive.Target == "cascade" ? options.Evaluation.Adaptive.Cascade : null,
            Control = options.Evaluation.Adaptive.Target is "random" or "periodic" ? options.Evaluation.Adaptive.Control : null,
            Speculation = options.Evaluation.Adaptive.Proposal == StrategyRegistry.NoProposal ? null : options.Evaluation.Adaptive.Speculation,
            Concurrency = options.Concurrency,
            MaxTokens = options.Evaluation.MaxTokens,
            Temperature = options.Evaluation.Temperature,
            ChatTemplate = hasChatTemplate,
            N = result.Total.N,
            Accuracy = result.Total.Accuracy,
            Interval95 = result.Total.Interval95,
            Tasks = result.Tasks,
            Tokens = Tokens(result.Costs),
            Forwards = new ForwardTotals(result.Costs.SmallForwards, result.Costs.LargeForwards),
            Drafted = result.Costs.Drafted,
            Accepted = result.Costs.Accepted,
            Switches = result.Costs.Switches,
            Layers = result.Costs.Layers,
            Truncated = result.Truncated,
            Seconds = result.Seconds,
            TokensPerSecond = result.TokensPerSecond,
            Comparison = baseline is null ? null : Comparison.Of(result.Examples, baseline),
            Results = [.. result.Examples.Select(each => new RecordedResult(each.Example.Task, each.Example.Hash, each.IsCorrect))],
        };

    private static TokenTotals Tokens(EvaluationCosts costs) =>
        new(costs.PromptTokens, costs.SmallTokens, costs.LargeTokens, costs.ProcessedByLarge, costs.CompletionTokens);
}
