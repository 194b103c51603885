using System.Diagnostics;

namespace AdaptiveServe.Engine.Cache;

/// <summary>The blocks that hold one sequence's keys and values for one model, in order.</summary>
public sealed class BlockTable
{
    private const int FirstRoom = 1024;

    private int[] _blocks = [];
    private long _root = PrefixCache.Root;

    /// <summary>Block numbers; position p of the sequence lies in block p / block size.</summary>
    public ReadOnlySpan<int> Blocks => _blocks.AsSpan(0, Count);

    public int Count { get; private set; }

    /// <summary>True when the blocks are consecutive, so that attention can read them as one piece.</summary>
    public bool IsOneRun { get; private set; } = true;

    /// <summary>How many leading blocks the prefix cache knows.</summary>
    internal int CachedCount { get; private set; }

    /// <summary>The prefix cache's identity of the last of those.</summary>
    internal long CachedIdentity { get; private set; } = PrefixCache.Root;

    /// <summary>The prefix cache's identity before the first block: that of the sequence's layer route. Set while the table is empty.</summary>
    internal long Root
    {
        get => _root;
        set => _root = CachedIdentity = value;
    }

    /// <summary>How many blocks it takes without memory of its own for more.</summary>
    internal int Room => _blocks.Length;

    internal int Last => Count == 0 ? -1 : _blocks[Count - 1];

    /// <summary>Makes room for that many blocks, but not for more than a thousand of which most may never come.</summary>
    internal void Reserve(int blocks)
    {
        blocks = Math.Min(blocks, FirstRoom);
        if (_blocks.Length < blocks) Array.Resize(ref _blocks, blocks);
    }

    internal void Add(int block)
    {
        if (Count == _blocks.Length) Array.Resize(ref _blocks, Math.Max(4, 2 * Count));
        IsOneRun &= Count == 0 || block == _blocks[Count - 1] + 1;
        _blocks[Count++] = block;
    }

    /// <summary>Forgets the blocks from a place on; none of them is known to the prefix cache.</summary>
    internal void Truncate(int count)
    {
        Debug.Assert(CachedCount <= count && count <= Count);
        Count = count;
        IsOneRun = true;
        for (int i = 1; i < count; i++) IsOneRun &= _blocks[i] == _blocks[i - 1] + 1;
    }

    internal void MarkCached(long identity)
    {
        CachedCount++;
        CachedIdentity = identity;
    }

    internal void Clear()
    {
        Count = CachedCount = 0;
        CachedIdentity = Root;
        IsOneRun = true;
    }
}
