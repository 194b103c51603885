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

    private static readonly EntropySwitchingOptions Storm = new() { Threshold = Median, Window = 1, MinDwell = 1 };

    [Fact]
    public async Task Entropy_ThresholdAtTheMedian_EachGivesItsOwnAndNothingLeaks() =>
        await Gen.Select(Gen.Int[1, 3].Array[1, 12].Array[2, 12], Gen.Int[12, 30], Gen.Int[1, 6], Gen.Int[0, 3]).SampleAsync(
            async (prompts, blocks, rows, leaving) =>
            {
                ModelInfo info = FakeModelRunner.TinyInfo(blocks, blocks, vocabulary: 8, context: 40);
                EngineOptions options = new() { MaxSequences = rows, MaxBatchTokens = rows + 12 };
                using InferenceEngine engine = new(
                    new FakeModelRunner(info), StrategyRegistry.BuiltIn, options, TimeProvider.System, NullLogger<InferenceEngine>.Instance);
                engine.Start();
                Sequence[] sequences = [.. prompts.Select(Create)];
                foreach (Sequence sequence in sequences) Assert.Equal(SubmitResult.Accepted, engine.Submit(sequence));
                foreach (Sequence sequence in sequences.Take(leaving)) sequence.Cancel();
                foreach (Sequence sequence in sequences) await CheckAsync(sequence, info);
                EngineSnapshot snapshot = engine.Snapshot();
                Assert.False(engine.IsFaulted); // the loop checks all blocks whenever it is idle
                Assert.Equal((0, 0), (snapshot.SmallBlocks.Held, snapshot.LargeBlocks.Held));
            }, iter: 100, threads: 1);

    private static Sequence Create(int[] prompt) => new(prompt, new SamplingParams { MaxTokens = 25, IgnoreEos = true })
    {
        Target = "entropy",
        EntropySwitching = Storm,
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
