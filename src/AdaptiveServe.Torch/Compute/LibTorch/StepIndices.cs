using AdaptiveServe.Torch.Running;
using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Compute.LibTorch;

/// <summary>All integers that a forward reads on the device, in one tensor that came there in one copy.</summary>
internal sealed class StepIndices : IDisposable
{
    private readonly StepShape _shape;
    private readonly Tensor _ofRows;
    private Tensor? _narrow;
    private VarlenLayout? _layout;

    /// <param name="packed">What <see cref="Write"/> wrote, or is going to, on the device: int64; owned.</param>
    /// <param name="shape">How much of each kind.</param>
    public StepIndices(Tensor packed, StepShape shape)
    {
        Packed = packed.DetachFromDisposeScope();
        _shape = shape;
        int at = 0;
        Tokens = Take(shape.Tokens);
        Positions = Take(shape.Tokens);
        Slots = Take(shape.Tokens);
        Samples = Take(shape.Samples);
        CopiedFrom = Take(shape.Copies);
        CopiedTo = Take(shape.Copies);
        Gathered = Take(shape.Gathered);
        _ofRows = Take(shape.OfRows);

        Tensor Take(int count)
        {
            at += count;
            return packed.narrow(0, at - count, count).DetachFromDisposeScope();
        }
    }

    public Tensor Packed { get; }

    public Tensor Tokens { get; }

    public Tensor Positions { get; }

    /// <summary>Where each token's keys and values go.</summary>
    public Tensor Slots { get; }

    /// <summary>The rows after which to sample.</summary>
    public Tensor Samples { get; }

    /// <summary>The batch's copies, which are made in each layer.</summary>
    public Tensor CopiedFrom { get; }

    public Tensor CopiedTo { get; }

    /// <summary>The slots of all sequences' keys, one sequence after the other, where some have no run of blocks; else empty.</summary>
    public Tensor Gathered { get; }

    public bool Gathers => _shape.Gathered > 0;

    /// <summary>Who looks at what: in the cache as it lies, or in what was gathered of it.</summary>
    /// <remarks>Computed on the device the first time it is asked for: a recorded forward does so again in each replay.</remarks>
    public VarlenLayout Layout
    {
        get
        {
            if (_layout is not null) return _layout;
            _narrow = _ofRows.to_type(ScalarType.Int32).DetachFromDisposeScope();
            int rows = _shape.Rows;
            _layout = new VarlenLayout(Part(0, rows + 1), Part(rows + 1, rows + 1), Part(2 * rows + 2, rows), _shape.MaxQueries, _shape.MaxKeys);
            return _layout;

            Tensor Part(int at, int count) => _narrow.narrow(0, at, count).DetachFromDisposeScope();
        }
    }

    /// <summary>Writes a batch's integers, followed by padding up to the shape's tokens: each a sequence of its own, which is sampled.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="shape">Its shape, padded or not.</param>
    /// <param name="scratchSlot">Where padding has its keys and values.</param>
    /// <param name="packed">As many as the shape counts.</param>
    public static void Write(RaggedBatch batch, in StepShape shape, int scratchSlot, Span<long> packed)
    {
        ReadOnlySpan<RaggedRow> rows = batch.Rows;
        packed.Clear(); // padding has token 0 at position 0
        Span<long> rest = packed;
        Take(ref rest, shape.Tokens, batch.Tokens);
        Take(ref rest, shape.Tokens, batch.Positions);
        Take(ref rest, shape.Tokens, batch.Slots)[batch.TokenCount..].Fill(scratchSlot);
        Span<long> samples = Take(ref rest, shape.Samples, batch.SampleRows);
        Take(ref rest, shape.Copies, batch.CopiedFrom);
        Take(ref rest, shape.Copies, batch.CopiedTo);
        if (shape.Gathered > 0) WriteGathered(batch, rest);
        rest = rest[shape.Gathered..];
        Span<long> firstQueries = Take(ref rest, shape.Rows + 1, []), firstKeys = Take(ref rest, shape.Rows + 1, []), lengths = rest;
        int keys = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            firstQueries[i] = rows[i].FirstRow;
            firstKeys[i] = shape.Gathered > 0 ? keys : (long)rows[i].Blocks.Blocks[0] * batch.BlockSize;
            lengths[i] = rows[i].Start + rows[i].Count;
            keys += (int)lengths[i];
        }

        for (int i = rows.Length; i < shape.Rows; i++)
        {
            int token = batch.TokenCount + i - rows.Length;
            (firstQueries[i], firstKeys[i], lengths[i]) = (token, scratchSlot, 1);
            samples[batch.SampleRows.Length + i - rows.Length] = token;
        }

        firstQueries[shape.Rows] = shape.Tokens;
    }

    /// <summary>Forgets what was computed of the integers: others are copied over them.</summary>
    public void Refresh()
    {
        _layout?.FirstQueries.Dispose();
        _layout?.FirstKeys.Dispose();
        _layout?.Lengths.Dispose();
        _narrow?.Dispose();
        _layout = null;
        _narrow = null;
    }

    public void Dispose()
    {
        Refresh();
        foreach (Tensor part in (Tensor[])[Tokens, Positions, Slots, Samples, CopiedFrom, CopiedTo, Gathered, _ofRows, Packed]) part.Dispose();
    }

    /// <summary>The next <paramref name="count"/> integers, which begin with <paramref name="values"/>.</summary>
    private static Span<long> Take(ref Span<long> rest, int count, ReadOnlySpan<int> values)
    {
        Span<long> part = rest[..count];
        for (int i = 0; i < values.Length; i++) part[i] = values[i];
        rest = rest[count..];
        return part;
    }

    private static void WriteGathered(RaggedBatch batch, Span<long> slots)
    {
        int at = 0;
        foreach (ref readonly RaggedRow row in batch.Rows)
        {
            ReadOnlySpan<int> blocks = row.Blocks.Blocks;
            for (int position = 0; position < row.Start + row.Count; position++)
                slots[at++] = (long)blocks[position / batch.BlockSize] * batch.BlockSize + position % batch.BlockSize;
        }
    }
}
