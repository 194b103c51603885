using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Proposals;
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
    private static readonly string[] Stops = ["fixed", "confidence", "svip", "adaedl", "heuristic"];

    private static readonly Gen<Request> AnyRequest =
        from prompt in Gen.Int[1, 3].Array[1, 12]
        from target in Gen.OneOfConst("large", "small", "entropy", "entropy")
        from proposal in Gen.OneOfConst("none", "small", "ngram")
        from stop in Gen.OneOfConst(Stops)
        from maxDraft in Gen.Int[1, 9]
        from threshold in Gen.OneOfConst(-1.0, 1, 2, 3, 1e9)
        from window in Gen.Int[1, 4]
        from dwell in Gen.Int[1, 5]
        from seed in Gen.ULong[0, 2]
        from maxTokens in Gen.Int[1, 30]
        select new Request(prompt, target, proposal,
            new SpeculationOptions { MaxDraft = maxDraft, Stop = stop },
            new EntropySwitchingOptions { Threshold = threshold, Window = window, MinDwell = dwell },
            new SamplingParams { Seed = seed, MaxTokens = maxTokens, IgnoreEos = true });

    [Fact]
    public async Task Submit_AnyMix_EachGivesWhatItsTargetGivesAlone() =>
        await Gen.Select(AnyRequest.Array[1, 12], Gen.Int[12, 60], Gen.Int[1, 6]).SampleAsync(async (requests, blocks, rows) =>
        {
            ModelInfo info = FakeModelRunner.TinyInfo(blocks, blocks, vocabulary: 8, context: 60);
            EngineOptions options = new() { MaxSequences = rows, MaxBatchTokens = rows + 20 };
            using InferenceEngine engine = new(
                new FakeModelRunner(info), StrategyRegistry.BuiltIn, options, TimeProvider.System, NullLogger<InferenceEngine>.Instance);
            engine.Start();
            Sequence[] sequences = [.. requests.Select(request => request.ToSequence())];
            foreach (Sequence sequence in sequences) Assert.Equal(SubmitResult.Accepted, engine.Submit(sequence));
            for (int i = 0; i < sequences.Length; i++) await CheckAsync(sequences[i], info);
        }, iter: 150, threads: 1);

    [Theory, InlineData(-1.0, "large"), InlineData(1e9, "small")]
    public async Task Entropy_LimitsOfTheThreshold_GiveOneModelsTokens(double threshold, string same)
    {
        ModelInfo info = FakeModelRunner.TinyInfo(smallBlocks: 64);
        using InferenceEngine engine = new(
            new FakeModelRunner(info), StrategyRegistry.BuiltIn, new EngineOptions(), TimeProvider.System, NullLogger<InferenceEngine>.Instance);
        engine.Start();
        SamplingParams sampling = new() { MaxTokens = 60, IgnoreEos = true };
        Sequence adaptive = new([1, 2], sampling) { Target = "entropy", EntropySwitching = new() { Threshold = threshold, MinDwell = 1 } };
        Sequence plain = new([1, 2], sampling) { Target = same };
        engine.Submit(adaptive);
        engine.Submit(plain);
        Assert.Equal(await plain.ReadIdsAsync(), await adaptive.ReadIdsAsync());
        Assert.Equal(0, adaptive.Stats.Switches);
        Assert.Equal(same == "large" ? 60 : 0, adaptive.Stats.ProcessedByLarge);
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
        List<(int Token, ModelRole Role)> expected = FakeModelRunner.Continue(prompt, sequence.Sampling, policy, info);
        Assert.Equal(expected, tokens.Select(token => (token.Id, token.Role)));
        int large = expected.Count(token => token.Role == ModelRole.Large);
        SequenceStats stats = sequence.Stats;
        Assert.Equal((large, expected.Count - large), (stats.LargeTokens, stats.SmallTokens));
        Assert.Equal(expected.Skip(1).Zip(expected, (next, before) => next.Role != before.Role).Count(isSwitch => isSwitch), stats.Switches);
        Assert.InRange(stats.ProcessedByLarge, large, expected.Count);
        int lastLarge = expected.FindLastIndex(token => token.Role == ModelRole.Large);
        Assert.Equal(lastLarge + 1, stats.ProcessedByLarge); // each token before the last of the large model was run over by it
        Assert.InRange(stats.Accepted, 0, stats.Drafted);
    }

    private sealed record Request(
        int[] Prompt, string Target, string Proposal, SpeculationOptions Speculation, EntropySwitchingOptions Entropy, SamplingParams Sampling)
    {
        public Sequence ToSequence() => new(Prompt, Sampling)
        {
            Target = Target,
            Proposal = Proposal,
            Speculation = Speculation,
            EntropySwitching = Entropy,
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
