using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Evaluation;
using AdaptiveServe.Lab.Evaluation.Results;
using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Torch;

namespace AdaptiveServe.Lab.Tests.Evaluation;

public sealed class EvaluatorTests : IDisposable
{
    private readonly TemporaryFolder _large = RandomModel.Create(), _small = RandomModel.Create(seed: 2);

    public void Dispose()
    {
        _large.Dispose();
        _small.Dispose();
    }

    [Fact]
    public async Task Run_OneOrEightAtOnce_GivesTheSameReplies()
    {
        EvaluationResult one = await RunAsync(concurrency: 1), eight = await RunAsync(concurrency: 8);
        Assert.Equal(Replies(one), Replies(eight));
        Assert.True(Replies(one).Distinct().Count() > 5); // else anything would be the same
        Assert.Equal(one.Total, eight.Total);
    }

    [Fact]
    public async Task Run_OneModelAgain_GivesTheSame()
    {
        using EvaluationModel model = Load(4);
        EvaluationResult first = await RunAsync(model, new()), second = await RunAsync(model, new());
        Assert.Equal(Replies(first), Replies(second));
    }

    [Fact]
    public async Task Run_Sampled_DependsOnTheSeedAlone()
    {
        EvaluationOptions hot = new() { Temperature = 1.5f, MaxTokens = 12 };
        using EvaluationModel one = Load(1), many = Load(8);
        string[] replies = Replies(await RunAsync(one, hot));
        Assert.Equal(replies, Replies(await RunAsync(many, hot)));
        Assert.NotEqual(replies, Replies(await RunAsync(many, hot with { Seed = 2 })));
    }

    [Fact]
    public async Task Run_Costs_CountEveryToken()
    {
        using EvaluationModel model = Load(8);
        EvaluationResult result = await RunAsync(model, new() { MaxTokens = 9 });
        EvaluationCosts costs = result.Costs;
        Assert.Equal(costs.CompletionTokens, costs.LargeTokens);
        Assert.Equal((0, 0, 0, 0), (costs.SmallTokens, costs.SmallForwards, costs.Drafted, costs.Accepted));
        Assert.Equal(costs.LargeTokens * RandomModel.Layers, costs.Layers.Executed);
        Assert.Equal(costs.CompletionTokens, costs.LargeForwards); // the prompt's forward gives the first token
        Assert.Equal(result.Examples.Count(example => example.CompletionTokens == 9 && example.IsTruncated), result.Truncated);
        Assert.True(result.Truncated > 0);
        Assert.Equal(2, result.Tasks.Count);
        Assert.Equal(result.Total.N, result.Tasks.Values.Sum(task => task.N));
    }

    [Fact]
    public async Task Run_SmallTarget_IsTheSmallModelAlone()
    {
        EvaluationOptions small = new() { Adaptive = new() { Target = "small" } };
        using EvaluationModel pair = Load(4, _small.Path);
        using EvaluationModel alone = EvaluationModel.Load(new TorchRunnerOptions { Model = _small.Path, Threads = 1 }, 4);
        EvaluationResult ofPair = await RunAsync(pair, small);
        Assert.Equal(Replies(await RunAsync(alone, new())), Replies(ofPair));
        Assert.NotEqual(Replies(await RunAsync(pair, new())), Replies(ofPair));
        Assert.Equal((0L, ofPair.Costs.CompletionTokens), (ofPair.Costs.LargeTokens, ofPair.Costs.SmallTokens));
    }

    [Theory, InlineData(-1, "large"), InlineData(1e9, "small")]
    public async Task Run_EntropyLimits_AreOneModelAlone(double threshold, string target)
    {
        AdaptiveChoice choice = new() { Target = "entropy", Entropy = new() { Threshold = threshold, MinDwell = 1 } };
        EvaluationOptions entropy = new() { MaxTokens = 20, Adaptive = choice };
        using EvaluationModel pair = Load(4, _small.Path);
        EvaluationResult switching = await RunAsync(pair, entropy);
        Assert.Equal(Replies(await RunAsync(pair, entropy with { Adaptive = new() { Target = target } })), Replies(switching));
        Assert.Equal((0L, target == "large" ? switching.Costs.CompletionTokens : 0), (switching.Costs.Switches, switching.Costs.ProcessedByLarge));
    }

    [Fact]
    public async Task Run_Entropy_CountsSwitchesAndWhatTheLargeModelProcessed()
    {
        AdaptiveChoice choice = new() { Target = "entropy", Entropy = new() { Threshold = 2, Window = 1, MinDwell = 1 } };
        EvaluationOptions entropy = new() { MaxTokens = 20, Adaptive = choice };
        using EvaluationModel pair = Load(4, _small.Path);
        EvaluationCosts costs = (await RunAsync(pair, entropy)).Costs;
        Assert.Equal(costs.CompletionTokens, costs.SmallTokens + costs.LargeTokens);
        Assert.True(costs is { Switches: > 0, SmallTokens: > 0, LargeTokens: > 0 }, $"{costs.Switches} {costs.SmallTokens} {costs.LargeTokens}");
        Assert.InRange(costs.ProcessedByLarge, costs.LargeTokens + 1, costs.CompletionTokens);
        Assert.Equal(costs.LargeTokens * RandomModel.Layers, costs.Layers.Executed);
    }

    [Theory, InlineData("small"), InlineData("ngram")]
    public async Task Run_Proposal_GivesTheSameReplies(string proposal)
    {
        EvaluationOptions hot = new() { Temperature = 0.5f, MaxTokens = 30 };
        using EvaluationModel pair = Load(4, _small.Path);
        EvaluationResult drafted = await RunAsync(pair, hot with { Adaptive = new() { Proposal = proposal, Speculation = new() { Governed = false } } });
        Assert.Equal(Replies(await RunAsync(pair, hot)), Replies(drafted));
        Assert.InRange(drafted.Costs.Accepted, 1, drafted.Costs.Drafted);
        Assert.True(drafted.Costs.LargeForwards < drafted.Costs.CompletionTokens);
    }

    [Fact]
    public async Task Run_SmallTargetWithoutSmallModel_IsRefused()
    {
        using EvaluationModel model = Load(1);
        EvaluationOptions small = new() { Adaptive = new() { Target = "small" } };
        LabException refused = await Assert.ThrowsAsync<LabException>(() => RunAsync(model, small));
        Assert.Contains("needs a small model", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PromptBeyondContext_IsRefused()
    {
        using EvaluationModel model = Load(1);
        EvaluationExample example = TinyExamples.Create(1)[0] with { Messages = [new("user", new string('b', RandomModel.Context))] };
        LabException refused = await Assert.ThrowsAsync<LabException>(() =>
            Evaluator.RunAsync(model, [example], new(), () => { }, TestContext.Current.CancellationToken));
        Assert.StartsWith("example 1: the prompt has 51", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Cancelled_EndsAndTheModelGoesOn()
    {
        using EvaluationModel model = Load(2);
        using CancellationTokenSource stop = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Evaluator.RunAsync(model, TinyExamples.Create(30), new(), stop.Cancel, stop.Token));
        Assert.Equal(Replies(await RunAsync(concurrency: 2)), Replies(await RunAsync(model, new() { MaxTokens = 20 })));
    }

    [Fact]
    public async Task Run_EngineStopped_SaysThatItFailed()
    {
        EvaluationModel model = Load(2);
        model.Dispose();
        LabException failed = await Assert.ThrowsAsync<LabException>(() => RunAsync(model, new()));
        Assert.StartsWith("the engine failed:", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_ConversationWithoutTemplate_IsRefused()
    {
        using TemporaryFolder folder = RandomModel.Create(template: null);
        using EvaluationModel model = EvaluationModel.Load(new TorchRunnerOptions { Model = folder.Path }, 1);
        EvaluationExample plain = TinyExamples.Create(1)[0];
        Assert.Equal([1, 3, 6, 3, 5, 4], model.Encode(plain with { Messages = [new("user", "ab ba")] }));
        Assert.Throws<LabException>(() => model.Encode(plain with { Messages = [new("system", "a"), new("user", "b")] }));
    }

    private EvaluationModel Load(int concurrency, string? small = null) =>
        EvaluationModel.Load(new TorchRunnerOptions { Model = _large.Path, SmallModel = small, Threads = 1 }, concurrency);

    private async Task<EvaluationResult> RunAsync(int concurrency)
    {
        using EvaluationModel model = Load(concurrency);
        return await RunAsync(model, new() { MaxTokens = 20 });
    }

    private static Task<EvaluationResult> RunAsync(EvaluationModel model, EvaluationOptions options) =>
        Evaluator.RunAsync(model, TinyExamples.Create(30), options, () => { }, TestContext.Current.CancellationToken);

    private static string[] Replies(EvaluationResult result) => [.. result.Examples.Select(example => example.Reply)];
}
