using AdaptiveServe.Engine.Cache;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Torch.Running;

/// <summary>One sequence's rows in a batch: tokens [Start, Start + Count) of it, in the batch's rows from FirstRow on.</summary>
/// <param name="FirstRow">The first of them.</param>
/// <param name="Start">Position of the first token.</param>
/// <param name="Count">How many.</param>
/// <param name="Blocks">Where the sequence's keys and values lie.</param>
/// <param name="Route">The layers that they run, or null for all.</param>
/// <param name="FirstCopy">The first of the batch's copies that it needs.</param>
/// <param name="Copies">How many.</param>
internal readonly record struct RaggedRow(
    int FirstRow, int Start, int Count, BlockTable Blocks, LayerRoute? Route = null, int FirstCopy = 0, int Copies = 0);

/// <summary>A <see cref="StepBatch"/> as arrays that a backend can read: one entry a token. Reused by every step.</summary>
internal sealed class RaggedBatch(int blockSize)
{
    private readonly List<RaggedRow> _rows = [];
    private readonly List<int> _sampleRows = [];
    private readonly List<int> _copiedFrom = [], _copiedTo = [];
    private int[] _tokens = [], _positions = [], _slots = [], _origins = [];

    public int BlockSize { get; } = blockSize;

    public int TokenCount { get; private set; }

    public ReadOnlySpan<RaggedRow> Rows => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_rows);

    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, TokenCount);

    /// <summary>Position of each token in its sequence.</summary>
    public ReadOnlySpan<int> Positions => _positions.AsSpan(0, TokenCount);

    /// <summary>Where each token's keys and values go: block * block size + offset.</summary>
    public ReadOnlySpan<int> Slots => _slots.AsSpan(0, TokenCount);

    /// <summary>
    /// Slots whose keys and values are copied to those of <see cref="CopiedTo"/> once the batch's own are stored, and before anybody looks at them:
    /// what a branch of a draft tree shares with others.
    /// </summary>
    public ReadOnlySpan<int> CopiedFrom => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_copiedFrom);

    public ReadOnlySpan<int> CopiedTo => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_copiedTo);

    /// <summary>True when not all of the rows run all layers.</summary>
    public bool HasRoutes { get; private set; }

    /// <summary>After <see cref="FillSome"/>: the row of each token in the batch that it was taken from.</summary>
    public ReadOnlySpan<int> Origins => _origins.AsSpan(0, TokenCount);

    /// <summary>The rows after which to sample, in the order of the batch's samples.</summary>
    public ReadOnlySpan<int> SampleRows => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_sampleRows);

    public void Fill(StepBatch batch)
    {
        Reset(batch.TokenCount);
        int row = 0;
        foreach (ref readonly ScheduledSequence scheduled in batch.Rows)
        {
            BlockTable table = scheduled.Blocks(batch.Role);
            LayerRoute? route = scheduled.Route(batch.Role);
            int firstCopy = _copiedFrom.Count;
            if (scheduled.Branch is { } branch) AddCopies(branch);
            _rows.Add(new RaggedRow(row, scheduled.Start, scheduled.Count, table, route, firstCopy, _copiedFrom.Count - firstCopy));
            HasRoutes |= route is not null;
            scheduled.CopyTokens(scheduled.Start, _tokens.AsSpan(row, scheduled.Count));
            for (int i = 0; i < scheduled.Count; i++)
            {
                int position = scheduled.Start + i;
                _positions[row + i] = position;
                _slots[row + i] = Slot(table, position);
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

    /// <summary>Takes some of the sequences of another batch.</summary>
    public void FillSome(RaggedBatch whole, ReadOnlySpan<bool> isTaken)
    {
        Reset(whole.TokenCount);
        TokenCount = 0;
        for (int i = 0; i < isTaken.Length; i++)
        {
            if (!isTaken[i]) continue;
            RaggedRow row = whole.Rows[i];
            _rows.Add(row with { FirstRow = TokenCount, FirstCopy = _copiedFrom.Count });
            foreach (int slot in whole.CopiedFrom.Slice(row.FirstCopy, row.Copies)) _copiedFrom.Add(slot);
            foreach (int slot in whole.CopiedTo.Slice(row.FirstCopy, row.Copies)) _copiedTo.Add(slot);
            whole.Tokens.Slice(row.FirstRow, row.Count).CopyTo(_tokens.AsSpan(TokenCount));
            whole.Positions.Slice(row.FirstRow, row.Count).CopyTo(_positions.AsSpan(TokenCount));
            whole.Slots.Slice(row.FirstRow, row.Count).CopyTo(_slots.AsSpan(TokenCount));
            for (int token = 0; token < row.Count; token++) _origins[TokenCount++] = row.FirstRow + token;
        }
    }

    private void AddCopies(DraftBranch branch)
    {
        for (int position = branch.FirstCopied; position < branch.Start; position++)
        {
            _copiedFrom.Add(Slot(branch.Source(position), position));
            _copiedTo.Add(Slot(branch.Blocks, position));
        }
    }

    private int Slot(BlockTable table, int position) => table.Blocks[position / BlockSize] * BlockSize + position % BlockSize;

    private void Reset(int tokens)
    {
        _copiedFrom.Clear();
        _copiedTo.Clear();
        TokenCount = tokens;
        HasRoutes = false;
        _rows.Clear();
        _sampleRows.Clear();
        if (_tokens.Length >= tokens) return;
        int capacity = Math.Max(tokens, 2 * _tokens.Length);
        (_tokens, _positions, _slots, _origins) = (new int[capacity], new int[capacity], new int[capacity], new int[capacity]);
    }
}
