using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Engine.Strategies.Targets.Cascade;
using AdaptiveServe.Engine.Strategies.Targets.Controls;
using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;
using AdaptiveServe.Engine.Tests.Sequences;
using AdaptiveServe.Tests;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;

namespace AdaptiveServe.Engine.Tests.Strategies;

/// <summary>
/// Many sequences at once, each with any target and any proposal, on engines with little memory: each gives what its target alone gives.
/// </summary>
public class AdaptivePathTests
{
    private static readonly string[] Stops = ["fixed", "confidence", "svip", "adaedl", "heuristic", "learned"];

    private static readonly string[] Rules = [.. CascadeOptions.RuleNames];
    private static readonly string[] Criteria = [.. EntropySwitchingOptions.CriterionNames];

    private static readonly Gen<Request> AnyRequest =
        from prompt in Gen.Int[1, 3].Array[1, 12]
        from target in Gen.OneOfConst("large", "small", "entropy", "entropy", "cascade", "cascade", "random", "periodic", "routed", "routed")
        from proposal in target == "cascade" ? Gen.OneOfConst("none", "small") : Gen.OneOfConst("none", "small", "ngram", "recycling", "trigram", "self")
        from stop in Gen.OneOfConst(Stops)
        from maxDraft in Gen.Int[1, 9]
        from governed in Gen.Bool
        from criterion in Gen.OneOfConst(Criteria)
        from threshold in Gen.OneOfConst(-1.0, 0.3, 0.6, 1, 2, 3, 1e9)
        from rule in Gen.OneOfConst(Rules)
        from share in Gen.OneOfConst(0, 0.3, 0.5, 1)
        from window in Gen.Int[1, 4]
        from dwell in Gen.Int[1, 5]
        from replace in Gen.Bool
        from down in Gen.OneOfConst<double?>(null, null, -0.5)
        from route in Gen.OneOfConst<int[]>([0], [0, 1], [0, 1, 2], [1, 1, 2], [0, 0, 1, 2, 2])
        from seed in Gen.ULong[0, 2]
        from maxTokens in Gen.Int[1, 30]
        select new Request(prompt, target, proposal,
            new SpeculationOptions { MaxDraft = maxDraft, Stop = stop, Governed = governed },
            new EntropySwitchingOptions
            {
                Criterion = criterion,
                Threshold = threshold,
                ThresholdDown = threshold < 0 ? null : down,
                Replace = replace,
                Window = window,
                MinDwell = dwell,
            },
            new CascadeOptions { Rule = rule, Threshold = rule == "difference" ? threshold - 0.7 : threshold },
            new ControlOptions { Share = share, Segment = dwell },
            new SamplingParams { Seed = seed, MaxTokens = maxTokens, IgnoreEos = true }, route);

    [Fact]
    public async Task Submit_AnyMix_EachGivesWhatItsTargetGivesAlone() =>
        await Gen.Select(AnyRequest.Array[1, 12], Gen.Int[12, 60], Gen.Int[1, 6]).SampleAsync(async (requests, blocks, rows) =>
        {
            ModelInfo info = FakeModelRunner.TinyInfo(blocks, blocks, vocabulary: 8, context: 60) with
            {
                LargeLayers = 3,
                LargeRepeats = 2,
                LayerRanking = [1, 0, 2],
                HasAcceptanceHead = true,
                JudgesNextToken = true,
            };
            EngineOptions options = new() { MaxSequences = rows, MaxBatchTokens = rows + 20 };
            using InferenceEngine engine = new(
                new FakeModelRunner(info), StrategyRegistry.BuiltIn, options, TimeProvider.System, NullLogger<InferenceEngine>.Instance);
            engine.Start();
            Sequence[] sequences = [.. requests.Select(request => request.ToSequence())];
            foreach (Sequence sequence in sequences) Assert.Equal(SubmitResult.Accepted, engine.Submit(sequence));
            for (int i = 0; i < sequences.Length; i++) await CheckAsync(sequences[i], info);
        }, iter: 150, threads: 1);

    [Theory]
    [InlineData(-1.0, "large", true), InlineData(1e9, "small", true), InlineData(-1.0, "large", false), InlineData(1e9, "small", false)]
    public async Task Entropy_LimitsOfTheThreshold_GiveOneModelsTokens(double threshold, string same, bool replace)
    {
        ModelInfo info = FakeModelRunner.TinyInfo(smallBlocks: 64);
        using InferenceEngine engine = new(
            new FakeModelRunner(info), StrategyRegistry.BuiltIn, new EngineOptions(), TimeProvider.System, NullLogger<InferenceEngine>.Instance);
        engine.Start();
        SamplingParams sampling = new() { MaxTokens = 60, IgnoreEos = true };
        Sequence adaptive = new([1, 2], sampling) { Target = "entropy", EntropySwitching = new() { Threshold = threshold, Replace = replace } };
        Sequence plain = new([1, 2], sampling) { Target = same };
        engine.Submit(adaptive);
        engine.Submit(plain);
        Assert.Equal(await plain.ReadIdsAsync(), await adaptive.ReadIdsAsync());
        Assert.Equal(0, adaptive.Stats.Switches);
        Assert.Equal(same == "large" ? 60 : 0, adaptive.Stats.ProcessedByLarge);
    }

    [Theory, InlineData("large", "none"), InlineData("large", "small"), InlineData("small", "none"), InlineData("small", "small")]
    public async Task Cascade_LimitsOfTheThreshold_GiveOneModelsTokens(string same, string proposal)
    {
        ModelInfo info = FakeModelRunner.TinyInfo(smallBlocks: 64);
        using InferenceEngine engine = new(
            new FakeModelRunner(info), StrategyRegistry.BuiltIn, new EngineOptions(), TimeProvider.System, NullLogger<InferenceEngine>.Instance);
        engine.Start();
        SamplingParams sampling = new() { MaxTokens = 60, IgnoreEos = true, Seed = 3 };
        foreach (string rule in CascadeOptions.RuleNames)
        {
            CascadeOptions cascade = new() { Rule = rule, Threshold = same == "large" ? -1e9 : 1e9 };
            Sequence mixed = new([1, 2], sampling) { Target = "cascade", Proposal = proposal, Cascade = cascade };
            Sequence plain = new([1, 2], sampling) { Target = same };
            Assert.Equal(SubmitResult.Accepted, engine.Submit(mixed, plain));
            Assert.Equal(await plain.ReadIdsAsync(), await mixed.ReadIdsAsync());
            Assert.Equal((0, same == "large" ? 60 : 0), (mixed.Stats.Switches, mixed.Stats.LargeTokens));
            if (same == "small") Assert.Equal(mixed.Stats.Drafted, mixed.Stats.Accepted);
        }
    }

    /// <summary>Both sample the same mixture; the cascade runs the large model over every token for it.</summary>
    [Theory, InlineData(0UL), InlineData(3UL)]
    public async Task Entropy_ReplacingSingleTokens_GivesWhatTheCascadeGives(ulong seed)
    {
        ModelInfo info = FakeModelRunner.TinyInfo(smallBlocks: 64);
        using InferenceEngine engine = new(
            new FakeModelRunner(info), StrategyRegistry.BuiltIn, new EngineOptions(), TimeProvider.System, NullLogger<InferenceEngine>.Instance);
        engine.Start();
        SamplingParams sampling = new() { MaxTokens = 60, IgnoreEos = true, Seed = seed };
        Sequence replacing = new([1, 2], sampling) { Target = "entropy", EntropySwitching = new() { Threshold = 3 } };
        Sequence cascade = new([1, 2], sampling) { Target = "cascade", Proposal = "small", Cascade = new() { Rule = "entropy", Threshold = 3 } };
        Assert.Equal(SubmitResult.Accepted, engine.Submit(replacing, cascade));
        Assert.Equal(await cascade.ReadIdsAsync(), await replacing.ReadIdsAsync());
        Assert.Equal((cascade.Stats.LargeTokens, cascade.Stats.Switches), (replacing.Stats.LargeTokens, replacing.Stats.Switches));
        Assert.InRange(replacing.Stats.LargeForwards, 1, replacing.Stats.LargeTokens);
        Assert.Equal(60, replacing.Stats.SmallForwards); // one for each position, published or not
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Acceptance_WithoutAHeadThatScoresNextTokens_IsRefused(bool hasOther)
    {
        ModelInfo info = FakeModelRunner.TinyInfo(smallBlocks: 64) with { HasAcceptanceHead = hasOther };
        using InferenceEngine engine = new(
            new FakeModelRunner(info), StrategyRegistry.BuiltIn, new EngineOptions(), TimeProvider.System, NullLogger<InferenceEngine>.Instance);
        engine.Start();
        Sequence sequence = new([1], new SamplingParams()) { Target = "entropy", EntropySwitching = new EntropySwitchingOptions().For("acceptance") };
        Assert.Contains("acceptance head", Assert.Throws<ArgumentException>(() => engine.Submit(sequence)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cascade_DrafterThatIsNotTheSmallModel_IsRefused()
    {
        using InferenceEngine engine = new(new FakeModelRunner(FakeModelRunner.TinyInfo(smallBlocks: 64)), StrategyRegistry.BuiltIn,
            new EngineOptions(), TimeProvider.System, NullLogger<InferenceEngine>.Instance);
        engine.Start();
        Sequence sequence = new([1], new SamplingParams()) { Target = "cascade", Proposal = "ngram" };
        Assert.Contains("ngram", Assert.Throws<ArgumentException>(() => engine.Submit(sequence)).Message, StringComparison.Ordinal);
    }

    /// <summary>Nothing is generated, so that nothing is drafted either.</summary>
    [Fact]
    public async Task Cascade_OnlyThePrompt_Ends()
    {
        using InferenceEngine engine = new(new FakeModelRunner(FakeModelRunner.TinyInfo(smallBlocks: 64)), StrategyRegistry.BuiltIn,
            new EngineOptions(), TimeProvider.System, NullLogger<InferenceEngine>.Instance);
        engine.Start();
        int[] prompt = [1, 2, 3, 4, 5, 6];
        Sequence sequence = new(prompt, new SamplingParams { MaxTokens = 0, PromptLogprobs = 0 }) { Target = "cascade", Proposal = "small" };
        Assert.Equal(SubmitResult.Accepted, engine.Submit(sequence));
        Assert.Empty(await sequence.ReadIdsAsync());
        Assert.Equal(FakeModelRunner.PromptLogprobs(prompt), sequence.PromptLogprobs.Skip(1).Select(entry => entry.Single()));
    }

    /// <summary>A text without repetitions: only what another request said can help.</summary>
    [Theory, InlineData("recycling"), InlineData("trigram")]
    public async Task Drafters_ThatLearn_KnowOtherRequestsOnlyWhereTheOperatorSaysSo(string proposal)
    {
        ModelInfo info = FakeModelRunner.TinyInfo(vocabulary: 5000);
        SamplingParams sampling = new() { MaxTokens = 40, IgnoreEos = true };
        foreach (bool shares in (bool[])[false, true])
        {
            using InferenceEngine engine = new(new FakeModelRunner(info), StrategyRegistry.Create(shares), new EngineOptions(),
                TimeProvider.System, NullLogger<InferenceEngine>.Instance);
            engine.Start();
            Sequence[] sequences = [.. Enumerable.Range(0, 3).Select(_ => new Sequence([1, 2], sampling)
            {
                Proposal = proposal,
                Speculation = new SpeculationOptions { Governed = false },
            })];
            foreach (Sequence sequence in sequences)
            {
                engine.Submit(sequence);
                Assert.Equal(FakeModelRunner.Continue([1, 2], sampling, ModelRole.Large, info), await sequence.ReadIdsAsync());
            }

            Assert.Equal(0, sequences[0].Stats.Accepted);
            Assert.Equal(shares, sequences[^1].Stats.Accepted > 10);
        }
    }

    [Fact]
    public async Task PromptLookup_RepeatingOutput_SavesForwards()
    {
        ModelInfo info = FakeModelRunner.TinyInfo(vocabulary: 8);
        using InferenceEngine engine = new(
            new RepeatingRunner(info), StrategyRegistry.BuiltIn, new EngineOptions(), TimeProvider.System, NullLogger<InferenceEngine>.Instance);
        engine.Start();
        Sequence sequence = new([1, 2, 3, 1, 2, 3], new SamplingParams { MaxTokens = 40, IgnoreEos = true }) { Proposal = "ngram" };
        engine.Submit(sequence);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => i % 3 + 1), await sequence.ReadIdsAsync());
        Assert.Equal(sequence.Stats.Drafted, sequence.Stats.Accepted);
        Assert.InRange(sequence.Stats.LargeForwards, 1, 15);
        Assert.Equal(40, sequence.Stats.ProcessedByLarge);
    }

    private static async Task CheckAsync(Sequence sequence, ModelInfo info)
    {
        List<GeneratedToken> tokens = [];
        await foreach (GeneratedToken token in sequence.ReadAllAsync()) tokens.Add(token);
        int[] prompt = sequence.Tokens[..sequence.PromptLength].ToArray();
        Assert.True(StrategyRegistry.BuiltIn.TryGetTarget(sequence.Target, out ITargetStrategy? strategy));
        ITargetPolicy policy = strategy.CreatePolicy(sequence);
        List<(int Token, ModelRole Role)> expected = sequence.Route is { } route
            ? [.. FakeModelRunner.Continue(prompt, sequence.Sampling, route, info).Select(token => (token, ModelRole.Large))]
            : FakeModelRunner.Continue(prompt, sequence.Sampling, policy, info);
        Assert.Equal(sequence.Target == "routed" && sequence.Routing.Layers is not [0, 1, 2], sequence.Route is not null);
        Assert.Equal(expected, tokens.Select(token => (token.Id, token.Role)));
        int large = expected.Count(token => token.Role == ModelRole.Large);
        SequenceStats stats = sequence.Stats;
        Assert.Equal((large, expected.Count - large), (stats.LargeTokens, stats.SmallTokens));
        Assert.Equal(expected.Skip(1).Zip(expected, (next, before) => next.Role != before.Role).Count(isSwitch => isSwitch), stats.Switches);
        Assert.InRange(stats.ProcessedByLarge, large, expected.Count);
        int lastLarge = expected.FindLastIndex(token => token.Role == ModelRole.Large);
        if (policy is IMixturePolicy) lastLarge = Math.Max(lastLarge, expected.Count - 2); // it runs over all but the last, to have the rule decide
        Assert.Equal(lastLarge + 1, stats.ProcessedByLarge); // each token before the last of the large model was run over by it
        Assert.InRange(stats.Accepted, 0, stats.Drafted);
    }

    private sealed record Request(
        int[] Prompt, string Target, string Proposal, SpeculationOptions Speculation, EntropySwitchingOptions Entropy,
        CascadeOptions Cascade, ControlOptions Control, SamplingParams Sampling, int[] Route)
    {
        public Sequence ToSequence() => new(Prompt, Sampling)
        {
            Target = Target,
            Proposal = Proposal,
            Speculation = Speculation,
            EntropySwitching = Entropy,
            Cascade = Cascade,
            Control = Control,
            Routing = new() { Layers = Route },
        };
    }

    /// <summary>1 2 3 1 2 3 and so on.</summary>
    private sealed class RepeatingRunner(ModelInfo info) : IModelRunner
    {
        private readonly Engine.Scheduling.StepResult _result = new();

        public ModelInfo Info => info;

        public void Start()
        {
        }

        public Engine.Scheduling.StepResult Execute(Engine.Scheduling.StepBatch batch)
        {
            _result.Reset(batch.SampleCount);
            foreach (var row in batch.Rows)
                for (int i = 0; i < row.SampleCount; i++)
                    _result.Tokens[row.FirstSample + i] = (row.Start + row.Count - row.SampleCount + i + 1) % 3 + 1;
            return _result;
        }

        public void Dispose()
        {
        }
    }
}
