using AdaptiveServe.Engine.Scheduling;
using BenchmarkDotNet.Attributes;

namespace AdaptiveServe.Benchmarks;

/// <summary>A prompt of 512 tokens in one forward, beside libtorch in float32 and bfloat16.</summary>
[MemoryDiagnoser]
public class PrefillBenchmark
{
    private DecodeSetup _setup = null!;
    private StepBatch _batch = null!;

    [Params(ModelShape.D256x12, ModelShape.D768x12)]
    public ModelShape Model { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    [Params("auto", "libtorch float32", "libtorch bfloat16")]
    public string Compute { get; set; } = "auto";

    [GlobalSetup]
    public void Start()
    {
        string[] parts = Compute.Split(' ');
        _setup = new DecodeSetup(Model, Threads, sequences: 1, context: 512, parts[0], parts.Length > 1 ? parts[1] : "auto");
        _batch = _setup.Prompts();
    }

    [GlobalCleanup]
    public void Stop() => _setup.Dispose();

    [Benchmark]
    public int Prefill() => _setup.Run(_batch);
}
