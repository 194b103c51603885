using AdaptiveServe.Torch.Cache;
using AdaptiveServe.Torch.Compute.LibTorch;
using AdaptiveServe.Torch.Models;
using AdaptiveServe.Torch.Running;
using AdaptiveServe.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AdaptiveServe.Torch.Compute.Training;

/// <summary>The seam with gradients: what the server's decoder computes, recorded for the backward pass.</summary>
/// <remarks>
/// Weights are float32 (the master copy); matrices are multiplied in the compute type, the residual stream, the norms and the logits are
/// float32. A batch is some rows of equal length, each with whole sequences one after the other: a position of 0 begins a sequence, and
/// attention does not look past it. There is no cache. <see cref="End"/> frees what the forward made, so the backward pass comes before it.
/// </remarks>
internal sealed class TrainingBackend(Device device, ScalarType compute, int rowLength) : IComputeBackend
{
    // libtorch's attention for the CPU was faster in float32 than in bfloat16 where this was written, most of all backward.
    private readonly ScalarType _attention = device.type == DeviceType.CPU ? ScalarType.Float32 : compute;
    private readonly List<TensorRows> _buffers = [];
    private DisposeScope? _scope;
    private Tensor? _tokens, _positions, _mask, _cosines, _sines, _keys, _values;

    /// <summary>Logits of the gathered rows, on the graph: [rows, vocabulary], float32.</summary>
    public Tensor Scores { get; private set; } = null!;

    /// <summary>What is added to the products of linear layers; null for nothing. It stays the caller's.</summary>
    public LowRankWeights? LowRank { get; set; }

    public ScalarType CacheType => compute;

    public ScalarType VectorType(ScalarType weights) => ScalarType.Float32;

    public void Prepare(LinearWeight weight)
    {
    }

    public RowBuffer CreateBuffer(int columns)
    {
        var buffer = new TensorRows(columns);
        _buffers.Add(buffer);
        return buffer;
    }

    public void Begin(RaggedBatch batch)
    {
        _scope = NewDisposeScope();
        _tokens = ToDevice(batch.Tokens);
        _positions = ToDevice(batch.Positions);
        _mask = Mask(_positions);
    }

    public void End()
    {
        foreach (TensorRows buffer in _buffers) buffer.Clear();
        _tokens = _positions = _mask = _cosines = _sines = _keys = _values = null;
        _scope?.Dispose();
        _scope = null;
    }

    public void Select(RaggedBatch batch) => throw new NotSupportedException("Training runs all rows of a batch through the same layers.");

    public void Embed(LinearWeight table, RowBuffer output) => Rows(output).Value = table.Weight.index_select(0, _tokens!);

    public void RmsNorm(RowBuffer input, Tensor weight, float epsilon, RowBuffer output) =>
        Rows(output).Value = Normalised(Rows(input).Value, weight, epsilon).to_type(compute);

    public void Linear(RowBuffer input, LinearWeight weight, RowBuffer output) => Rows(output).Value = Product(input, weight);

    public void AddLinear(RowBuffer input, LinearWeight weight, RowBuffer accumulated) =>
        Rows(accumulated).Value = Rows(accumulated).Value.Plus(Product(input, weight));

    public void RotateAndStore(RowBuffer qkv, AttentionWeights weights, RotaryTable rotary, LayerCache cache)
    {
        _cosines ??= Angles(rotary.Cosines);
        _sines ??= Angles(rotary.Sines);
        long heads = weights.Heads, shared = weights.KeyValueHeads, group = heads / shared, half = weights.HeadDim / 2;
        Tensor all = Rows(qkv).Value.view(-1, rowLength, heads + 2 * shared, weights.HeadDim);
        Tensor turning = all.narrow(2, 0, heads + shared);
        if (weights.QueryNorm is not null)
        {
            turning = cat(
                [
                    Normalised(all.narrow(2, 0, heads).to_type(ScalarType.Float32), weights.QueryNorm, weights.NormEpsilon),
                    Normalised(all.narrow(2, heads, shared).to_type(ScalarType.Float32), weights.KeyNorm!, weights.NormEpsilon),
                ], 2).to_type(compute);
        }

        Tensor first = turning.narrow(3, 0, half), second = turning.narrow(3, half, half);
        Tensor turned = cat([first * _cosines - second * _sines, (second * _cosines).Plus(first * _sines)], 3);
        _keys = PerQueryHead(turned.narrow(2, heads, shared), group);
        _values = PerQueryHead(all.narrow(2, heads + shared, shared), group);
        Rows(qkv).Value = turned.narrow(2, 0, heads).transpose(1, 2).to_type(_attention); // [rows, heads, row length, head dim]
    }

    public void Attend(RowBuffer qkv, AttentionWeights weights, LayerCache cache, RowBuffer output)
    {
        if (weights.SlidingWindow < rowLength) throw new NotSupportedException("Training knows no sliding window shorter than its rows.");
        Tensor attended = functional.scaled_dot_product_attention(Rows(qkv).Value, _keys!, _values!, _mask);
        Rows(output).Value = attended.transpose(1, 2).reshape(-1, weights.QueryColumns).to_type(compute);
    }

    public void GatedActivation(RowBuffer gateUp, RowBuffer output)
    {
        Tensor both = Rows(gateUp).Value;
        Rows(output).Value = functional.silu(both.narrow(1, 0, output.Columns)).mul(both.narrow(1, output.Columns, output.Columns));
    }

    public void Gather(RowBuffer input, ReadOnlySpan<int> rows, RowBuffer output) =>
        Rows(output).Value = Rows(input).Value.index_select(0, ToDevice(rows));

    public void CopyToHost(RowBuffer input, Span<float> destination)
    {
        using Tensor host = Rows(input).Value.detach().to_type(ScalarType.Float32).cpu().contiguous();
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(host.bytes).CopyTo(destination);
    }

    public void Scatter(RowBuffer input, ReadOnlySpan<int> rows, RowBuffer output) =>
        Rows(output).Value = Rows(output).Value.index_copy(0, ToDevice(rows), Rows(input).Value);

    /// <summary>Leaves the logits in <see cref="Scores"/>; the host learns nothing.</summary>
    public void Logits(RowBuffer input, LinearWeight head, ReadOnlySpan<bool> wantsRow, LogitsResult result) =>
        Scores = Product(input, head).to_type(ScalarType.Float32);

    /// <summary>What a buffer of this backend holds: [rows, columns]. It stays the buffer's.</summary>
    public static Tensor Value(RowBuffer buffer) => Rows(buffer).Value;

    /// <summary>Goes on with other rows of the same size in a buffer of this backend, which takes them over.</summary>
    public static void SetValue(RowBuffer buffer, Tensor value) => Rows(buffer).Value = value;

    public void Dispose() => End();

    private static TensorRows Rows(RowBuffer buffer) => (TensorRows)buffer;

    private static Tensor Normalised(Tensor input, Tensor weight, float epsilon)
    {
        // Held until after the call: a number that becomes a Scalar on the way may be finalised while libtorch still reads it.
        using Scalar small = epsilon;
        return input * (input * input).mean([-1], keepdim: true).Plus(small).rsqrt() * weight;
    }

    private Tensor PerQueryHead(Tensor shared, long group)
    {
        Tensor heads = shared.transpose(1, 2).to_type(_attention); // [rows, key-value heads, row length, head dim]
        return group == 1 ? heads : heads.repeat_interleave(group, dim: 1);
    }

    private Tensor Product(RowBuffer input, LinearWeight weight)
    {
        Tensor product = functional.linear(Rows(input).Value, weight.Weight.to_type(compute), weight.Bias?.to_type(compute));
        return LowRank?.Added(weight, Rows(input).Value) is { } added ? product.Plus(added) : product;
    }

    private Tensor ToDevice(ReadOnlySpan<int> values) => IndexTensor.Of(values, device);

    private Tensor Angles(Tensor table) => table.index_select(0, _positions!).view(-1, rowLength, 1, table.size(1)).to_type(compute);

    /// <summary>0 where a token may look, -inf where it may not, because it is later or of another sequence: [rows, 1, length, length].</summary>
    private Tensor Mask(Tensor positions)
    {
        using Scalar first = 0, never = float.NegativeInfinity;
        Tensor sequence = positions.view(-1, rowLength).eq(first).to_type(ScalarType.Int64).cumsum(1);
        Tensor other = sequence.unsqueeze(2).ne(sequence.unsqueeze(1));
        Tensor later = ones([rowLength, rowLength], ScalarType.Bool, device).triu(1);
        Tensor hidden = other.logical_or(later).unsqueeze(1);
        return zeros(hidden.shape, _attention, device).masked_fill(hidden, never);
    }
}
