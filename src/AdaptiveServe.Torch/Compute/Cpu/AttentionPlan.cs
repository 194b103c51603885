using System.Runtime.InteropServices;
using AdaptiveServe.Torch.Running;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>How the attention of a batch is divided; made once for all layers of a model.</summary>
internal sealed unsafe class AttentionPlan : IDisposable
{
    private readonly NativeBuffer<int> _blocks = new();
    private readonly List<AttentionTile> _tiles = [];
    private RaggedBatch _batch = new(1);
    private int _group;

    public ReadOnlySpan<AttentionTile> Tiles => CollectionsMarshal.AsSpan(_tiles);

    /// <summary>Pairs of a query token and a position before it; those of sliding windows are counted in full.</summary>
    public long Work { get; private set; }

    /// <summary>Takes a batch and its block tables.</summary>
    public void Begin(RaggedBatch batch)
    {
        _batch = batch;
        _group = 0;
        Work = 0;
        nint blocks = 0;
        foreach (ref readonly RaggedRow row in batch.Rows) blocks += BlockCount(row);
        _blocks.Reserve(blocks);
        int first = 0;
        foreach (ref readonly RaggedRow row in batch.Rows)
        {
            int count = BlockCount(row);
            row.Blocks.Blocks[..count].CopyTo(new Span<int>(_blocks.Data + first, count));
            first += count;
            Work += (long)row.Count * (row.Start + row.Count);
        }
    }

    /// <summary>Divides the batch for heads of which <paramref name="group"/> share keys and values.</summary>
    public void Divide(int group)
    {
        if (_group == group) return;
        _group = group;
        _tiles.Clear();
        int firstBlock = 0;
        foreach (ref readonly RaggedRow row in _batch.Rows)
        {
            int vectors = row.Count * group;
            for (int first = 0; first < vectors; first += AttentionScratch.MaxVectors)
            {
                int count = Math.Min(AttentionScratch.MaxVectors, vectors - first);
                _tiles.Add(new AttentionTile(row.FirstRow, row.Start, first, count, firstBlock));
            }

            firstBlock += BlockCount(row);
        }
    }

    public AttentionItem Item(int tile, int keyValueHead)
    {
        AttentionTile some = _tiles[tile];
        return new AttentionItem
        {
            KeyValueHead = keyValueHead,
            FirstRow = some.FirstRow,
            Start = some.Start,
            FirstVector = some.FirstVector,
            Count = some.Count,
            Blocks = _blocks.Data + some.FirstBlock,
        };
    }

    public void Dispose() => _blocks.Dispose();

    private int BlockCount(in RaggedRow row) => (row.Start + row.Count + _batch.BlockSize - 1) / _batch.BlockSize;
}
