using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;
using AdaptiveServe.Engine.Tests.Sequences;
using AdaptiveServe.Tests;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;

namespace AdaptiveServe.Engine.Tests.Strategies;

/// <summary>As many switches as there can be, on engines that are too small, while readers leave.</summary>
public class SwitchStormTests
{
    private const double Median = 2; // of the fake models' entropy

    private static readonly SamplingParams Sampling = new() { MaxTokens = 25, IgnoreEos = true };

    [Theory]
    [InlineData("entropy", true, 1, "none"), InlineData("entropy", true, 1, "small"), InlineData("entropy", true, 3, "ngram")]
    [InlineData("acceptance", true, 2, "small"), InlineData("entropy", false, 1, "none"), InlineData("entropy", false, 2, "small")]
    public async Task Entropy_ThresholdAtTheMedian_EachGivesItsOwnAndNothingLeaks(string criterion, bool replace, int dwell, string proposal)
    {
        double threshold = criterion == "entropy" ? Median : 0.5;
        EntropySwitchingOptions storm = new() { Criterion = criterion, Threshold = threshold, Replace = replace, MinDwell = dwell };
        await Gen.Select(Gen.Int[1, 3].Array[1, 12].Array[2, 12], Gen.Int[12, 30], Gen.Int[1, 6], Gen.Int[0, 3]).SampleAsync(
            async (prompts, blocks, rows, leaving) =>
            {
                ModelInfo info = FakeModelRunner.TinyInfo(blocks, blocks, vocabulary: 8, context: 40) with { JudgesNextToken = true };
                EngineOptions options = new() { MaxSequences = rows, MaxBatchTokens = rows + 12 };
                using InferenceEngine engine = new(
                    new FakeModelRunner(info), StrategyRegistry.BuiltIn, options, TimeProvider.System, NullLogger<InferenceEngine>.Instance);
                engine.Start();
                Sequence[] sequences = [.. prompts.Select(prompt => Create(prompt, storm, proposal))];
                foreach (Sequence sequence in sequences) Assert.Equal(SubmitResult.Accepted, engine.Submit(sequence));
                foreach (Sequence sequence in sequences.Take(leaving)) sequence.Cancel();
                foreach (Sequence sequence in sequences) await CheckAsync(sequence, info);
                EngineSnapshot snapshot = engine.Snapshot();
                Assert.False(engine.IsFaulted); // the loop checks all blocks whenever it is idle
                Assert.Equal((0, 0), (snapshot.SmallBlocks.Held, snapshot.LargeBlocks.Held));
            }, iter: 60, threads: 1);
    }

    private static Sequence Create(int[] prompt, EntropySwitchingOptions storm, string proposal) => new(prompt, Sampling)
    {
        Target = "entropy",
        EntropySwitching = storm,
        Proposal = proposal,
        Speculation = new() { Governed = false },
    };

    private static async Task CheckAsync(Sequence sequence, ModelInfo info)
    {
        List<(int, ModelRole)> tokens = [];
        await foreach (GeneratedToken token in sequence.ReadAllAsync()) tokens.Add((token.Id, token.Role));
        int[] prompt = sequence.Tokens[..sequence.PromptLength].ToArray();
        Assert.True(StrategyRegistry.BuiltIn.TryGetTarget("entropy", out ITargetStrategy? strategy));
        List<(int, ModelRole)> alone = FakeModelRunner.Continue(prompt, sequence.Sampling, strategy.CreatePolicy(sequence), info);
        Assert.Equal(alone.Take(tokens.Count), tokens);
        if (sequence.FinishReason != FinishReason.Cancelled) Assert.Equal(alone.Count, tokens.Count);
    }
}
