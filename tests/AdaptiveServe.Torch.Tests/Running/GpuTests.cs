using AdaptiveServe.Engine;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Torch.Compute.LibTorch;
using AdaptiveServe.Torch.Running;
using AdaptiveServe.Torch.Tests.Compute;
using AdaptiveServe.Torch.Tests.Loading;
using AdaptiveServe.Torch.Tests.Models;
using TorchSharp;

namespace AdaptiveServe.Torch.Tests.Running;

/// <summary>The same promises on a CUDA device. <c>deploy/gpu-check.sh</c> runs these where there is one.</summary>
[Trait("Category", "Gpu"), Collection(nameof(ProcessMemoryCollection))]
public class GpuTests
{
    public GpuTests() => Assert.SkipUnless(torch.cuda.is_available(), "no CUDA device");

    public static TheoryData<string> Families => [.. DecoderTests.Families.Keys];

    [Theory, MemberData(nameof(Families))]
    public Task Forward_Float32_EqualsDefinition(string family)
    {
        Assert.False(torch.backends.cuda.matmul.allow_tf32, "float32 must not be rounded to TF32");
        return DecoderTests.CompareAsync(DecoderTests.Families[family], "F32", tolerance: 2e-4, OnDevice);
    }

    [Theory, InlineData("BF16", 0.25), InlineData("F16", 0.03125)]
    public Task Forward_HalfTypes_AreNearDefinition(string dtype, double tolerance) =>
        DecoderTests.CompareAsync(DecoderTests.Families["qwen3, explicit head size"], dtype, tolerance, OnDevice);

    /// <summary>These have heads of 8: attention is one call, with keys where they lie or gathered, in a window or not.</summary>
    [Theory, InlineData("llama", "BF16", 0.25), InlineData("llama", "F16", 0.03125), InlineData("mistral, sliding window", "BF16", 0.25)]
    public Task Forward_AttentionInOneCall_IsNearDefinition(string family, string dtype, double tolerance) =>
        DecoderTests.CompareAsync(DecoderTests.Families[family], dtype, tolerance, OnDevice);

    [Theory]
    [InlineData(torch.ScalarType.BFloat16, 64, 0.03), InlineData(torch.ScalarType.BFloat16, 128, 0.03), InlineData(torch.ScalarType.Float16, 8, 0.004)]
    public void FlashAttention_KeysAnywhere_EqualsDefinition(torch.ScalarType dtype, int headDim, double tolerance)
    {
        using var flash = new FlashAttention();
        Assert.InRange(LibTorchParts.CheckAttention(flash.Attend, Device, dtype, headDim), 0, tolerance);
    }

    [Theory, InlineData(torch.ScalarType.Float32, 1e-5), InlineData(torch.ScalarType.BFloat16, 0.03)]
    public void FusedNorm_OnDevice_EqualsDefinition(torch.ScalarType dtype, double tolerance)
    {
        FusedNorm? norm = FusedNorm.Find(Device);
        Assert.NotNull(norm);
        Assert.InRange(LibTorchParts.CheckNorm(norm, Device, dtype), 0, tolerance);
    }

    /// <summary>Nothing is missing, so that nothing falls back.</summary>
    [Fact]
    public void OfCuda_OnDevice_UsesEveryPart()
    {
        var log = new ListLogger();
        using LibTorchParts parts = LibTorchParts.OfCuda(Device, torch.bfloat16, torch.bfloat16, 64, wantsGraphs: true, log);
        Assert.Empty(log.Lines);
        Assert.NotNull(parts.Attention);
        Assert.NotNull(parts.Norm);
        Assert.NotNull(parts.Graphs);
    }

    /// <summary>From the upload to the last layer nobody waits: attention in one call and sequence by sequence, in blocks that are runs or none.</summary>
    [Theory, InlineData("bfloat16"), InlineData("float32")]
    public void Forward_AnyBatch_NeverWaitsForTheDevice(string dtype)
    {
        torch.ScalarType type = TypeNames.Parse(dtype)!.Value;
        LibTorchParts parts = LibTorchParts.OfCuda(Device, type, type, headDim: 8, wantsGraphs: false, new ListLogger());
        using var fixture = new LibTorchFixture(parts, dtype, Device);
        RunningSequence first = LibTorchFixture.Sequence(0, 11, 20, 21, 22), scattered = LibTorchFixture.Sequence(1, 11, 3, 4, 9);
        foreach (int count in (int[])[11, 3, 1])
        {
            fixture.Run(count, first, scattered); // what is set up once may wait
            fixture.Run(count, first);
            using var errors = new SyncErrors();
            fixture.Forward(count, first, scattered);
            fixture.Decoder.End();
            fixture.Forward(count, first);
            fixture.Decoder.End();
        }
    }

    /// <summary>A capture would have failed, had an operation of the layers waited for the device.</summary>
    [Theory, InlineData(1), InlineData(3)]
    public async Task CudaGraphs_500Steps_GiveTheIdsOfTheSameOperationsRunOneByOne(int sequences)
    {
        var log = new ListLogger();
        LibTorchParts parts = LibTorchParts.OfCuda(Device, torch.bfloat16, torch.bfloat16, 8, wantsGraphs: false, log);
        Func<IStepGraph> create = CudaGraph.FindFactory(Device, out _)!;
        int made = 0;
        int[][] replayed = await GenerateAsync(() =>
        {
            made++;
            return create();
        });
        Assert.NotEqual(0, made);
        Assert.Equal(await GenerateAsync(() => new RerunGraph()), replayed);
        Assert.Empty(log.Lines); // nothing fell back

        async Task<int[][]> GenerateAsync(Func<IStepGraph> create)
        {
            using var model = new TinyModel(Configs.With(Configs.Llama, ("max_position_embeddings", "1024")), "BF16");
            using InferenceEngine engine = new GoldenModel(model.Folder, []).Start(options =>
            {
                OnDevice(options);
                options.LibTorchParts = () => parts with { Graphs = new StepGraphs(create, log) };
            });
            Sequence[] all = [.. Enumerable.Range(0, sequences).Select(i =>
                new Sequence([1, 2, 3 + i], new SamplingParams { Temperature = 0, MaxTokens = 500, IgnoreEos = true }))];
            Assert.Equal(SubmitResult.Accepted, engine.Submit(all));
            var ids = new int[sequences][];
            for (int i = 0; i < ids.Length; i++) ids[i] = await all[i].ReadIdsAsync();
            return ids;
        }
    }

    [Theory, InlineData("stories260K"), InlineData("babyllama-105")]
    public async Task Generate_GreedyAlone_GivesGoldenIds(string name)
    {
        GoldenModel model = GoldenModel.Load(name);
        using InferenceEngine engine = model.Start(OnDevice);
        foreach (GoldenCase golden in model.Cases)
            Assert.Equal(golden.GreedyIds, await engine.GenerateAsync(new Sequence(golden.PromptIds, golden.Greedy())));
    }

    /// <summary>In chunks, in batches of changing sizes, over scattered blocks: ids are those of the request alone.</summary>
    [Theory, InlineData(4, 9, 1), InlineData(32, 64, 7), InlineData(32, 512, 16)]
    public async Task Generate_ManyAtOnce_EachGivesWhatItGivesAlone(int rows, int budget, int blockSize)
    {
        using var model = new TinyModel(Configs.Llama);
        var random = new Random(5);
        int[][] prompts = [.. Enumerable.Range(0, rows + 8).Select(_ => Enumerable.Range(0, random.Next(1, 40)).Select(_ => random.Next(512)).ToArray())];
        using InferenceEngine alone = new GoldenModel(model.Folder, []).Start(OnDevice, new EngineOptions { MaxSequences = 1, MaxBatchTokens = 512 });
        using InferenceEngine together = new GoldenModel(model.Folder, []).Start(
            options =>
            {
                OnDevice(options);
                options.BlockSize = blockSize;
            },
            new EngineOptions { MaxSequences = rows, MaxBatchTokens = budget });
        Sequence[] sequences = [.. prompts.Select((prompt, i) => Generating(prompt, i))];
        Assert.Equal(SubmitResult.Accepted, together.Submit(sequences));
        for (int i = 0; i < prompts.Length; i++)
            Assert.Equal(await alone.GenerateAsync(Generating(prompts[i], i)), await sequences[i].ReadIdsAsync());
    }

    [Fact]
    public void KvMemory_ShareOfFreeMemory_IsRead()
    {
        long all = KvMemory.Bytes("100%", Device), half = KvMemory.Bytes("50%", Device);
        Assert.InRange(all, 1L << 27, 1L << 45);
        Assert.InRange(half, (long)(0.4 * all), (long)(0.6 * all)); // others may use the device meanwhile
    }

    [Fact]
    public Task Execute_ManyRequests_NoTensorStays() => TensorLeakTests.RunManyAsync(OnDevice);

    [Fact]
    public Task CudaGraphs_ManyRequests_NoTensorStays() => TensorLeakTests.RunManyAsync(options =>
    {
        OnDevice(options);
        (options.DType, options.CudaGraphs) = ("bfloat16", true);
    });

    [Fact]
    public async Task Execute_BothRoles_ShareTheDevice()
    {
        using var model = new TinyModel(Configs.Qwen3);
        using InferenceEngine engine = new GoldenModel(model.Folder, []).Start(options =>
        {
            OnDevice(options);
            (options.SmallModel, options.SmallDType) = (model.Folder, "bfloat16");
        });
        Sequence large = Generating([1, 2, 3], 0), small = new([1, 2, 3], large.Sampling) { Target = "small" };
        Assert.Equal(SubmitResult.Accepted, engine.Submit(large, small));
        Assert.Equal((24, 24), ((await large.ReadIdsAsync()).Length, (await small.ReadIdsAsync()).Length));
        Assert.Equal((24, 24), (large.Stats.LargeTokens, small.Stats.SmallTokens));
    }

    private static torch.Device Device => new(DeviceType.CUDA, 0);

    private static void OnDevice(TorchRunnerOptions options) => options.Device = "cuda";

    /// <summary>Every other one is sampled.</summary>
    private static Sequence Generating(int[] prompt, int number) =>
        new(prompt, new SamplingParams { Temperature = number % 2 * 0.8f, Seed = (ulong)number, MaxTokens = 24, IgnoreEos = true });
}
