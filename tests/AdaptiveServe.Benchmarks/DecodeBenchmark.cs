using BenchmarkDotNet.Attributes;

namespace AdaptiveServe.Benchmarks;

/// <summary>One decode step, forward and greedy choice, 64 tokens into each sequence.</summary>
[MemoryDiagnoser]
public class DecodeBenchmark
{
    private DecodeSetup _setup = null!;

    [Params(ModelShape.D256x12, ModelShape.D288x6)]
    public ModelShape Model { get; set; }

    [Params(1, 8, 32)]
    public int Rows { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    [Params("auto", "libtorch")]
    public string Compute { get; set; } = "auto";

    [GlobalSetup]
    public void Start() => _setup = new DecodeSetup(Model, Threads, Rows, context: 64, Compute, Compute == "auto" ? "auto" : "float32");

    [GlobalCleanup]
    public void Stop() => _setup.Dispose();

    [Benchmark]
    public int Step() => _setup.Run(_setup.Step);
}
