using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LargeOnly;
using AdaptiveServe.Torch.Cache;
using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Compute.Cpu;
using AdaptiveServe.Torch.Models;
using AdaptiveServe.Torch.Native;
using AdaptiveServe.Torch.Running;
using BenchmarkDotNet.Attributes;
using TorchSharp;

namespace AdaptiveServe.Benchmarks;

/// <summary>The attention of one layer for one token: 8 query heads of 64 on 8 or 2 key-value heads.</summary>
[MemoryDiagnoser]
public class AttentionBenchmark
{
    private const int BlockSize = 16, Heads = 8, HeadDim = 64;

    private WorkerPool _pool = null!;
    private IComputeBackend _backend = null!;
    private AttentionWeights _weights = null!;
    private LayerCache _cache = null!;
    private NativeRows _queries = null!, _output = null!;

    [Params(64, 1024, 8192, 32768)]
    public int Context { get; set; }

    [Params(8, 2)]
    public int KeyValueHeads { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public unsafe void Start()
    {
        NativeTorch.Load();
        _pool = new WorkerPool(Threads);
        _backend = CpuBackend.Create(_pool);
        _weights = new AttentionWeights(Heads, KeyValueHeads, HeadDim, null, 1e-5f)
        {
            QueryKeyValue = new LinearWeight(torch.zeros(1, 1)),
            Output = new LinearWeight(torch.zeros(1, 1)),
        };
        _cache = new LayerCache(torch.rand(Context + 1, KeyValueHeads, HeadDim), torch.rand(Context + 1, KeyValueHeads, HeadDim)); // room behind the last block
        (_queries, _output) = (new NativeRows((Heads + 2 * KeyValueHeads) * HeadDim), new NativeRows(Heads * HeadDim));
        _queries.Resize(1);
        new Span<float>(_queries.Row(0), _queries.Columns).Fill(0.1f);
        _backend.Begin(LastToken());
    }

    [GlobalCleanup]
    public void Stop()
    {
        foreach (IDisposable made in (IDisposable[])[_weights, _cache, _queries, _output, _backend, _pool]) made.Dispose();
    }

    [Benchmark]
    public void Attend() => _backend.Attend(_queries, _weights, _cache, _output);

    /// <summary>A batch of the last token of a sequence whose blocks lie in order.</summary>
    private RaggedBatch LastToken()
    {
        var running = new RunningSequence(new Sequence(new int[Context], new SamplingParams()), new LargeOnlyStrategy(), null);
        for (int block = 0; block < Context / BlockSize; block++) running.Table(ModelRole.Large).Add(block);
        var batch = new StepBatch(ModelRole.Large);
        batch.Add(running, Context - 1, 1, 1, isDraft: false);
        var ragged = new RaggedBatch(BlockSize);
        ragged.Fill(batch);
        return ragged;
    }
}
