using AdaptiveServe.Engine;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Running;
using AdaptiveServe.Torch.Tests.Loading;
using AdaptiveServe.Torch.Tests.Models;
using Microsoft.Extensions.Logging.Abstractions;
using TorchSharp;

namespace AdaptiveServe.Torch.Tests.Running;

public class TorchModelRunnerTests
{
    /// <summary>The guarantee of the CPU backend: bits do not depend on the batch, the chunks, or the threads.</summary>
    [Theory]
    [InlineData("F32", "auto", "auto"), InlineData("BF16", "auto", "auto"), InlineData("F32", "auto", "bfloat16")]
    [InlineData("BF16", "auto", "float16"), InlineData("BF16", "int8", "auto")]
    public async Task Execute_AnyBatchAndThreads_SameBits(string dtype, string held, string kvDType)
    {
        using var model = new TinyModel(Configs.With(Configs.Qwen3, ("hidden_size", "72"), ("vocab_size", "203")), dtype);
        var random = new Random(3);
        int[][] prompts = [.. Enumerable.Range(0, 24).Select(_ => Enumerable.Range(0, random.Next(1, 60)).Select(_ => random.Next(203)).ToArray())];
        var alone = new List<List<GeneratedToken>>();
        foreach ((int threads, int rows, int budget) in new[] { (1, 1, 64), (2, 24, 31), (4, 24, 2048) })
        {
            using InferenceEngine engine = new GoldenModel(model.Folder, []).Start(
                options => (options.Threads, options.DType, options.KvDType) = (threads, held, kvDType), new EngineOptions { MaxSequences = rows, MaxBatchTokens = budget, PrefixCaching = false });
            Sequence[] sequences = [.. prompts.Select((prompt, i) => new Sequence(prompt,
                new SamplingParams { Temperature = 0.9f, TopP = 0.95f, Seed = (ulong)i, MaxTokens = 20, IgnoreEos = true }))];
            Assert.Equal(SubmitResult.Accepted, engine.Submit(sequences));
            for (int i = 0; i < sequences.Length; i++)
            {
                var tokens = new List<GeneratedToken>();
                await foreach (GeneratedToken token in sequences[i].Output.ReadAllAsync(TestContext.Current.CancellationToken)) tokens.Add(token);
                if (alone.Count < sequences.Length) alone.Add(tokens);
                else Assert.Equal(alone[i], tokens); // ids, log-probabilities and entropies, bit for bit
            }
        }
    }

    /// <summary>Held against the reported log-probabilities; greedy and sampled rows, with and without log-probabilities of their own.</summary>
    [Theory, InlineData("auto"), InlineData("libtorch")]
    public async Task Execute_MarginCriterion_GivesProbabilitiesOfTheFirstTwo(string backend)
    {
        using var model = new TinyModel(Configs.Llama);
        using InferenceEngine engine = new GoldenModel(model.Folder, []).Start(options => (options.Compute, options.SmallModel) = (backend, model.Folder));
        foreach (float temperature in new[] { 0f, 1f })
        {
            var sampling = new SamplingParams { Temperature = temperature, MaxTokens = 8, IgnoreEos = true };
            GeneratedToken[] told = await ReadAsync(engine, new Sequence([1, 2, 3], sampling with { Logprobs = 2 }));
            EntropySwitchingOptions margin = new() { Criterion = "margin", Threshold = -1 };
            GeneratedToken[] silent = await ReadAsync(engine, new Sequence([1, 2, 3], sampling) { Target = "entropy", EntropySwitching = margin });
            Assert.Equal(told.Select(token => token.Id), silent.Select(token => token.Id));
            Assert.All(told.Zip(silent), both =>
            {
                double first = Math.Exp(both.First.TopLogprobs![0].Logprob), second = Math.Exp(both.First.TopLogprobs![1].Logprob);
                Assert.Equal(first, both.First.TopProbability, 1e-5);
                Assert.Equal(first, both.Second.TopProbability, 1e-5);
                Assert.Equal(first - second, both.Second.Margin, 1e-5);
                Assert.True(float.IsNaN(both.First.Margin));
            });
        }
    }

    [Theory, InlineData("auto"), InlineData("libtorch")]
    public void Load_TwoByteCache_HoldsTwiceTheTokens(string backend)
    {
        using var model = new TinyModel(Configs.Llama);
        Assert.Equal(2 * Blocks("float32"), Blocks("bfloat16"), 1.0);
        Assert.Equal(2 * Blocks("float32"), Blocks("float16"), 1.0);

        double Blocks(string kvDType)
        {
            var options = new TorchRunnerOptions { Model = model.Folder, KvMemory = "0.001", Compute = backend, KvDType = kvDType };
            using TorchModelRunner runner = TorchModelRunner.Load(options, new EngineOptions { MaxSequences = 1024 }, NullLogger.Instance);
            return runner.Info.LargeBlocks;
        }
    }

    [Theory, InlineData("auto"), InlineData("libtorch")]
    public async Task Execute_SamplesOfOnePrompt_ShareItsBlocks(string backend)
    {
        using var model = new TinyModel(Configs.Llama);
        using InferenceEngine engine = new GoldenModel(model.Folder, []).Start(options => options.Compute = backend);
        int[] prompt = [.. Enumerable.Range(0, 40)];
        var sampling = new SamplingParams { MaxTokens = 5, IgnoreEos = true };
        var first = new Sequence(prompt, sampling);
        Sequence[] all = [first, .. Enumerable.Range(1, 3).Select(i => new Sequence(prompt, sampling with { Seed = (ulong)i }) { SharesPromptWith = first })];
        Assert.Equal(SubmitResult.Accepted, engine.Submit(all));
        foreach (Sequence sequence in all) Assert.Equal(5, (await sequence.ReadIdsAsync()).Length);
        Assert.Equal([0, 32, 32, 32], all.Select(sequence => sequence.Stats.CachedPromptTokens));
    }

    [Fact]
    public async Task Load_SameCheckpointTwice_ServesBothRoles()
    {
        GoldenModel model = GoldenModel.Load("stories260K");
        using InferenceEngine engine = model.Start(options => (options.SmallModel, options.SmallDType) = (model.Folder, "bfloat16"));
        GoldenCase golden = model.Cases[0];
        var large = new Sequence(golden.PromptIds, golden.Greedy(64));
        var small = new Sequence(golden.PromptIds, golden.Greedy(64)) { Target = "small" };
        Assert.Equal(SubmitResult.Accepted, engine.Submit(large, small));
        Assert.Equal(golden.GreedyIds[..64], await large.ReadIdsAsync());
        int[] ids = await small.ReadIdsAsync();
        Assert.Equal(64, ids.Length);
        Assert.Equal(golden.GreedyIds[..8], ids[..8]); // rounded weights follow for a while
        Assert.Equal((64, 0), (small.Stats.SmallTokens, small.Stats.LargeTokens));
        Assert.Equal((0, 64), (large.Stats.SmallTokens, large.Stats.LargeTokens));
    }

    [Fact]
    public void Load_VocabulariesDiffer_IsRefused()
    {
        using var large = new TinyModel(Configs.Llama);
        using var small = new TinyModel(Configs.With(Configs.Llama, ("vocab_size", "100")));
        var options = new TorchRunnerOptions { Model = large.Folder, SmallModel = small.Folder, KvMemory = "0.01" };
        ModelLoadException refused = Assert.Throws<ModelLoadException>(() => TorchModelRunner.Load(options, new EngineOptions(), NullLogger.Instance));
        Assert.Contains("vocabulary of 100", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("101%")]
    [InlineData("many")]
    [InlineData("0.0000001")]
    public void Load_UnusableKvMemory_IsRefused(string memory)
    {
        using var model = new TinyModel(Configs.Llama);
        var options = new TorchRunnerOptions { Model = model.Folder, KvMemory = memory };
        ModelLoadException refused = Assert.Throws<ModelLoadException>(() => TorchModelRunner.Load(options, new EngineOptions(), NullLogger.Instance));
        Assert.StartsWith("--kv-memory", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<GeneratedToken[]> ReadAsync(InferenceEngine engine, Sequence sequence)
    {
        Assert.Equal(SubmitResult.Accepted, engine.Submit(sequence));
        var tokens = new List<GeneratedToken>();
        await foreach (GeneratedToken token in sequence.Output.ReadAllAsync(TestContext.Current.CancellationToken)) tokens.Add(token);
        return [.. tokens];
    }

    [Theory, InlineData("int8", null), InlineData("auto", "int8")]
    public void Load_Int8WithLibTorch_IsRefused(string dtype, string? smallDType)
    {
        using var model = new TinyModel(Configs.Llama);
        var options = new TorchRunnerOptions { Model = model.Folder, Compute = "libtorch", DType = dtype, SmallModel = model.Folder, SmallDType = smallDType };
        ModelLoadException refused = Assert.Throws<ModelLoadException>(() => TorchModelRunner.Load(options, new EngineOptions(), NullLogger.Instance));
        Assert.StartsWith("--dtype", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoCudaDevice_IsRefused()
    {
        Assert.SkipWhen(torch.cuda.is_available(), "this machine has a CUDA device");
        using var model = new TinyModel(Configs.Llama);
        var options = new TorchRunnerOptions { Model = model.Folder, Device = "cuda:0" };
        ModelLoadException refused = Assert.Throws<ModelLoadException>(() => TorchModelRunner.Load(options, new EngineOptions(), NullLogger.Instance));
        Assert.Contains("cuda:0", refused.Message, StringComparison.Ordinal);
    }
}
