using System.Diagnostics;
using AdaptiveServe.Torch.Cache;
using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Models;
using AdaptiveServe.Torch.Running;
using TorchSharp;

namespace AdaptiveServe.Benchmarks;

/// <summary>A backend with a stopwatch at every operation.</summary>
internal sealed class TimedBackend(IComputeBackend inner) : IComputeBackend
{
    private long _from;

    /// <summary>Ticks that each operation took since they were cleared.</summary>
    public Dictionary<string, long> Ticks { get; } = [];

    public torch.ScalarType CacheType => inner.CacheType;

    public torch.ScalarType VectorType(torch.ScalarType weights) => inner.VectorType(weights);

    public void Prepare(LinearWeight weight) => inner.Prepare(weight);

    public RowBuffer CreateBuffer(int columns) => inner.CreateBuffer(columns);

    public void Begin(RaggedBatch batch)
    {
        Start();
        inner.Begin(batch);
        Stop("begin");
    }

    public void End() => inner.End();

    public void Embed(LinearWeight table, RowBuffer output)
    {
        Start();
        inner.Embed(table, output);
        Stop("embed");
    }

    public void RmsNorm(RowBuffer input, torch.Tensor weight, float epsilon, RowBuffer output)
    {
        Start();
        inner.RmsNorm(input, weight, epsilon, output);
        Stop("norm");
    }

    public void Linear(RowBuffer input, LinearWeight weight, RowBuffer output)
    {
        Start();
        inner.Linear(input, weight, output);
        Stop($"linear {weight.Outputs} x {weight.Inputs}");
    }

    public void AddLinear(RowBuffer input, LinearWeight weight, RowBuffer accumulated)
    {
        Start();
        inner.AddLinear(input, weight, accumulated);
        Stop($"linear {weight.Outputs} x {weight.Inputs}");
    }

    public void RotateAndStore(RowBuffer qkv, AttentionWeights weights, RotaryTable rotary, LayerCache cache)
    {
        Start();
        inner.RotateAndStore(qkv, weights, rotary, cache);
        Stop("rotate and store");
    }

    public void Attend(RowBuffer qkv, AttentionWeights weights, LayerCache cache, RowBuffer output)
    {
        Start();
        inner.Attend(qkv, weights, cache, output);
        Stop("attend");
    }

    public void GatedActivation(RowBuffer gateUp, RowBuffer output)
    {
        Start();
        inner.GatedActivation(gateUp, output);
        Stop("activation");
    }

    public void Gather(RowBuffer input, ReadOnlySpan<int> rows, RowBuffer output)
    {
        Start();
        inner.Gather(input, rows, output);
        Stop("gather");
    }

    public void Scatter(RowBuffer input, ReadOnlySpan<int> rows, RowBuffer output)
    {
        Start();
        inner.Scatter(input, rows, output);
        Stop("scatter");
    }

    public void CopyToHost(RowBuffer input, Span<float> destination)
    {
        Start();
        inner.CopyToHost(input, destination);
        Stop("copy to host");
    }

    public void Select(RaggedBatch batch) => inner.Select(batch);

    public void Logits(RowBuffer input, LinearWeight head, ReadOnlySpan<bool> wantsRow, LogitsResult result)
    {
        Start();
        inner.Logits(input, head, wantsRow, result);
        Stop("logits");
    }

    public void Dispose() => inner.Dispose();

    private void Start() => _from = Stopwatch.GetTimestamp();

    private void Stop(string operation)
    {
        long ticks = Stopwatch.GetTimestamp() - _from;
        Ticks[operation] = Ticks.GetValueOrDefault(operation) + ticks;
    }
}
