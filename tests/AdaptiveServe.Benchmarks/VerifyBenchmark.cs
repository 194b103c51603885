using AdaptiveServe.Engine.Scheduling;
using BenchmarkDotNet.Attributes;

namespace AdaptiveServe.Benchmarks;

/// <summary>A forward over the last token of a sequence and some drafts after it, each sampled, as verification runs them.</summary>
[MemoryDiagnoser]
public class VerifyBenchmark
{
    private DecodeSetup _setup = null!;
    private StepBatch _batch = null!;

    [Params(ModelShape.D256x12, ModelShape.D288x6)]
    public ModelShape Model { get; set; }

    [Params(0, 4, 8)]
    public int Drafts { get; set; }

    [GlobalSetup]
    public void Start()
    {
        _setup = new DecodeSetup(Model, threads: 1, sequences: 1, context: 64);
        _batch = _setup.LastTokens(1 + Drafts);
    }

    [GlobalCleanup]
    public void Stop() => _setup.Dispose();

    [Benchmark]
    public int Verify() => _setup.Run(_batch);
}
