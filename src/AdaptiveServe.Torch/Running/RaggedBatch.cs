using AdaptiveServe.Engine.Cache;
using AdaptiveServe.Engine.Scheduling;

namespace AdaptiveServe.Torch.Running;

/// <summary>One sequence's rows in a batch: tokens [Start, Start + Count) of it, in the batch's rows from FirstRow on.</summary>
internal readonly record struct RaggedRow(int FirstRow, int Start, int Count, BlockTable Blocks);

/// <summary>A <see cref="StepBatch"/> as arrays that a backend can read: one entry a token. Reused by every step.</summary>
internal sealed class RaggedBatch(int blockSize)
{
    private readonly List<RaggedRow> _rows = [];
    private readonly List<int> _sampleRows = [];
    private int[] _tokens = [], _positions = [], _slots = [];

    public int BlockSize { get; } = blockSize;

    public int TokenCount { get; private set; }

    public ReadOnlySpan<RaggedRow> Rows => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_rows);

    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, TokenCount);

    /// <summary>Position of each token in its sequence.</summary>
    public ReadOnlySpan<int> Positions => _positions.AsSpan(0, TokenCount);

    /// <summary>Where each token's keys and values go: block * block size + offset.</summary>
    public ReadOnlySpan<int> Slots => _slots.AsSpan(0, TokenCount);

    /// <summary>The rows after which to sample, in the order of the batch's samples.</summary>
    public ReadOnlySpan<int> SampleRows => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_sampleRows);

    public void Fill(StepBatch batch)
    {
        Reset(batch.TokenCount);
        int row = 0;
        foreach (ref readonly ScheduledSequence scheduled in batch.Rows)
        {
            BlockTable table = scheduled.Running.Table(batch.Role);
            _rows.Add(new RaggedRow(row, scheduled.Start, scheduled.Count, table));
            scheduled.Running.CopyTokens(scheduled.Start, _tokens.AsSpan(row, scheduled.Count));
            ReadOnlySpan<int> blocks = table.Blocks;
            for (int i = 0; i < scheduled.Count; i++)
            {
                int position = scheduled.Start + i;
                _positions[row + i] = position;
                _slots[row + i] = blocks[position / BlockSize] * BlockSize + position % BlockSize;
            }

            row += scheduled.Count;
            for (int sample = scheduled.SampleCount; sample > 0; sample--) _sampleRows.Add(row - sample);
        }
    }

    /// <summary>Takes tokens that no cache holds: training runs whole sequences, one after the other, each from position 0.</summary>
    public void FillUncached(ReadOnlySpan<int> tokens, ReadOnlySpan<int> positions)
    {
        Reset(tokens.Length);
        tokens.CopyTo(_tokens);
        positions.CopyTo(_positions);
    }

    private void Reset(int tokens)
    {
        TokenCount = tokens;
        _rows.Clear();
        _sampleRows.Clear();
        if (_tokens.Length >= tokens) return;
        int capacity = Math.Max(tokens, 2 * _tokens.Length);
        (_tokens, _positions, _slots) = (new int[capacity], new int[capacity], new int[capacity]);
    }
}
