using System.Diagnostics;
using AdaptiveServe.Torch.Cache;
using AdaptiveServe.Torch.Models;
using AdaptiveServe.Torch.Running;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AdaptiveServe.Torch.Compute.LibTorch;

/// <summary>Attention of a ragged batch, one call for each sequence, over its blocks where they lie.</summary>
/// <remarks>
/// Blocks that are one run are read as a view of the cache, without a copy; scattered ones are gathered. The query heads that share a
/// key-value head are laid out as more query rows, so that keys and values need not be expanded.
/// </remarks>
internal sealed class RaggedAttention : IDisposable
{
    private readonly AttentionWeights _shape;
    private readonly Range[] _ranges;

    public RaggedAttention(RaggedBatch batch, AttentionWeights shape, HostStaging staging, Device device, ScalarType dtype)
    {
        _shape = shape;
        Window = shape.SlidingWindow;
        _ranges = new Range[batch.Rows.Length];
        for (int i = 0; i < _ranges.Length; i++) _ranges[i] = Prepare(batch.Rows[i], batch.BlockSize, staging, device, dtype);
    }

    public int? Window { get; }

    /// <summary>The outputs of one sequence's rows: [rows, heads * head dim].</summary>
    /// <param name="row">Which sequence of the batch.</param>
    /// <param name="queries">[tokens of the batch, heads, head dim].</param>
    /// <param name="cache">Keys and values of the layer.</param>
    public Tensor Attend(int row, Tensor queries, LayerCache cache)
    {
        Range range = _ranges[row];
        int heads = _shape.KeyValueHeads, group = _shape.Heads / heads, dim = _shape.HeadDim;
        Tensor query = queries.narrow(0, range.FirstRow, range.Rows)
            .view(range.Rows, heads, group, dim).permute(1, 2, 0, 3).reshape(1, heads, group * range.Rows, dim);
        Tensor keys = Tokens(cache.Keys, range).to_type(queries.dtype), values = Tokens(cache.Values, range).to_type(queries.dtype);
        Tensor attended = functional.scaled_dot_product_attention(query, keys, values, range.Mask);
        return attended.view(heads, group, range.Rows, dim).permute(2, 0, 1, 3).reshape(range.Rows, (long)heads * group * dim);
    }

    public void Dispose()
    {
        foreach (Range range in _ranges)
        {
            range.Mask?.Dispose();
            range.Index?.Dispose();
        }
    }

    /// <summary>[1, key-value heads, length, head dim].</summary>
    private static Tensor Tokens(Tensor cache, Range range)
    {
        Tensor tokens = range.Index is null ? cache.narrow(0, range.FirstSlot, range.Length) : cache.index_select(0, range.Index);
        return tokens.transpose(0, 1).unsqueeze(0);
    }

    private Range Prepare(RaggedRow row, int blockSize, HostStaging staging, Device device, ScalarType dtype)
    {
        int end = row.Start + row.Count;
        int first = Window is { } window ? Math.Max(0, row.Start - window + 1) : 0; // what the earliest of the rows can see
        ReadOnlySpan<int> blocks = row.Blocks.Blocks;
        Tensor? index = null;
        if (!row.Blocks.IsOneRun)
        {
            Span<long> slots = staging.Reserve(end - first);
            for (int i = 0; i < slots.Length; i++)
                slots[i] = (long)blocks[(first + i) / blockSize] * blockSize + (first + i) % blockSize;
            index = staging.Upload(slots.Length);
        }

        Tensor? mask = row.Count > 1 ? Mask(row, first, device, dtype) : null;
        index?.DetachFromDisposeScope();
        mask?.DetachFromDisposeScope();
        return new Range(row.FirstRow, row.Count, blocks[0] * blockSize + first, end - first, index, mask);
    }

    /// <summary>0 where a row may look and -inf where not: [query heads per key-value head * rows, length].</summary>
    private Tensor Mask(RaggedRow row, int first, Device device, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        int length = row.Start + row.Count - first;
        // Held: a Scalar made on the way may be finalised during the call.
        using TorchSharp.Scalar from = row.Start, to = row.Start + row.Count, firstKey = first, endKey = first + length;
        using TorchSharp.Scalar step = 1, never = float.NegativeInfinity;
        Tensor query = arange(from, to, step, device: device).unsqueeze(1);
        Tensor key = arange(firstKey, endKey, step, device: device).unsqueeze(0);
        Tensor hidden = key > query;
        if (Window is { } window)
        {
            using TorchSharp.Scalar back = window;
            hidden = hidden.logical_or(key <= query.sub(back));
        }

        Tensor mask = zeros([row.Count, length], dtype, device).masked_fill(hidden, never);
        int group = _shape.Heads / _shape.KeyValueHeads;
        Debug.Assert(group > 0);
        return mask.repeat(group, 1).MoveToOuterDisposeScope();
    }

    /// <summary>What one sequence's rows look at.</summary>
    private readonly record struct Range(int FirstRow, int Rows, long FirstSlot, int Length, Tensor? Index, Tensor? Mask);
}
