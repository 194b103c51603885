using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;
using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Evaluation;
using AdaptiveServe.Lab.Evaluation.Results;
using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Torch;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Tests;

/// <summary>
/// What switching promises, on the pair that comes with the project: 500 prompts with <c>ADAPTIVESERVE_LONG_TESTS=1</c>, else a few.
/// </summary>
public sealed class DemoSwitchingTests : IDisposable
{
    private const double Far = 1e12;

    private readonly EvaluationModel _pair;
    private readonly DemoPair _folders;
    private readonly IReadOnlyList<EvaluationExample> _examples;

    public DemoSwitchingTests()
    {
        DemoPair? found = DemoPair.Find();
        Assert.SkipWhen(found is null, "models/demo is not there");
        _folders = found!;
        _pair = Load(concurrency: 16);
        int count = Environment.GetEnvironmentVariable("ADAPTIVESERVE_LONG_TESTS") == "1" ? 500 : 24;
        _examples = EvaluationSuite.Load(EvaluationSuite.Demo, count, seed: 5, Difficulty.InRange);
    }

    public void Dispose() => _pair.Dispose();

    [Fact]
    public async Task Limits_OfSwitchingAndCascade_AreOneModelsReplies()
    {
        string[] large = await ReplyAsync(_pair, new AdaptiveChoice()), small = await ReplyAsync(_pair, new AdaptiveChoice { Target = "small" });
        Assert.NotEqual(large, small);
        foreach (bool replace in (bool[])[true, false])
        {
            Assert.Equal(large, await ReplyAsync(_pair, Switching(-1, replace)));
            Assert.Equal(small, await ReplyAsync(_pair, Switching(Far, replace)));
        }

        Assert.Equal(large, await ReplyAsync(_pair, Cascade(-Far)));
        Assert.Equal(small, await ReplyAsync(_pair, Cascade(Far)));
    }

    /// <summary>Both sample the same mixture; the cascade runs the large model over every token for it.</summary>
    [Fact]
    public async Task Replacing_SingleTokens_GivesWhatACascadeOfTheSameRuleGives()
    {
        AdaptiveChoice cascade = new() { Target = "cascade", Proposal = "small", Cascade = new() { Rule = "entropy", Threshold = 0.2 } };
        Assert.Equal(await ReplyAsync(_pair, cascade), await ReplyAsync(_pair, Switching(0.2)));
    }

    [Fact]
    public async Task Replies_AloneAndInABatch_AreTheSame()
    {
        using EvaluationModel alone = Load(concurrency: 1);
        AdaptiveChoice drafted = Switching(0.2) with { Proposal = "small", Speculation = new() { Governed = false } };
        AdaptiveChoice[] choices =
            [Switching(0.2), Switching(0.2, replace: false), Switching(0.05, criterion: "acceptance"), drafted, Cascade(0.05)];
        foreach (AdaptiveChoice choice in choices)
            Assert.Equal(await ReplyAsync(alone, choice), await ReplyAsync(_pair, choice));
    }

    private EvaluationModel Load(int concurrency) => EvaluationModel.Load(
        new TorchRunnerOptions { Model = _folders.Large, SmallModel = _folders.Small, Threads = 1, KvMemory = "0.2" }, concurrency);

    private async Task<string[]> ReplyAsync(EvaluationModel model, AdaptiveChoice choice)
    {
        EvaluationOptions options = new() { Adaptive = choice, MaxTokens = 120 };
        EvaluationResult result = await Evaluator.RunAsync(model, _examples, options, () => { }, TestContext.Current.CancellationToken);
        return [.. result.Examples.Select(example => example.Reply)];
    }

    private static AdaptiveChoice Switching(double threshold, bool replace = true, string criterion = "entropy") => new()
    {
        Target = "entropy",
        Entropy = new EntropySwitchingOptions { Criterion = criterion, Threshold = threshold, Replace = replace },
    };

    private static AdaptiveChoice Cascade(double threshold) => new()
    {
        Target = "cascade",
        Proposal = "small",
        Cascade = new() { Threshold = threshold },
    };
}
