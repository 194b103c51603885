using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Compute.Cpu;
using AdaptiveServe.Torch.Native;
using BenchmarkDotNet.Attributes;
using TorchSharp;

namespace AdaptiveServe.Benchmarks;

/// <summary>One bfloat16 linear layer on one thread.</summary>
[MemoryDiagnoser]
public class LinearBenchmark
{
    private WorkerPool _pool = null!;
    private IComputeBackend _backend = null!;
    private LinearWeight _weight = null!;
    private NativeRows _input = null!, _output = null!;

    [Params(1, 2, 4, 5, 8, 9, 16, 64)]
    public int Rows { get; set; }

    /// <summary>Outputs x inputs: from the second-level cache, from the third, from memory.</summary>
    [Params("1376x256", "32000x288", "32000x1024")]
    public string Shape { get; set; } = "";

    [GlobalSetup]
    public void Start()
    {
        NativeTorch.Load();
        int[] shape = [.. Shape.Split('x').Select(int.Parse)];
        _pool = new WorkerPool(1);
        _backend = CpuBackend.Create(_pool);
        using torch.Tensor values = torch.rand(shape[0], shape[1]);
        _weight = new LinearWeight(values.to(torch.bfloat16));
        _backend.Prepare(_weight);
        (_input, _output) = (new NativeRows(shape[1]), new NativeRows(shape[0]));
        _input.Resize(Rows);
        Fill();
    }

    [GlobalCleanup]
    public void Stop()
    {
        foreach (IDisposable made in (IDisposable[])[_weight, _input, _output, _backend, _pool]) made.Dispose();
    }

    [Benchmark]
    public void Linear() => _backend.Linear(_input, _weight, _output);

    private unsafe void Fill()
    {
        for (int row = 0; row < Rows; row++) new Span<float>(_input.Row(row), _input.Columns).Fill(0.5f);
    }
}
