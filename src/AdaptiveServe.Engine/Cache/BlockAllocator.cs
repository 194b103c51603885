using System.Diagnostics;
using System.Numerics;

namespace AdaptiveServe.Engine.Cache;

/// <summary>Hands out numbered KV blocks with reference counts, in consecutive runs when it can.</summary>
/// <remarks>A block is free, held (reference count above zero), or cached (not held, content kept by the <see cref="PrefixCache"/>).</remarks>
internal sealed class BlockAllocator
{
    private readonly int[] _references;
    private readonly ulong[] _free; // a set bit is a free block
    private readonly PrefixCache? _cache;
    private int _cursor;

    public BlockAllocator(int blockCount, PrefixCache? cache)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blockCount);
        _references = new int[blockCount];
        _free = new ulong[(blockCount + 63) / 64];
        _cache = cache;
        for (int block = 0; block < blockCount; block++) SetFree(block);
        FreeCount = blockCount;
    }

    public int BlockCount => _references.Length;

    /// <summary>Blocks that hold nothing.</summary>
    public int FreeCount { get; private set; }

    /// <summary>Blocks that somebody holds.</summary>
    public int HeldCount { get; private set; }

    /// <summary>Blocks that an allocation can get: the free ones and the cached ones that nobody holds.</summary>
    public int AvailableCount => FreeCount + (_cache?.Evictable ?? 0);

    /// <summary>Takes a block, if possible the one after <paramref name="previous"/>.</summary>
    /// <param name="previous">The last block of the sequence, or -1.</param>
    /// <param name="expected">How many blocks the sequence may still want: a new run starts where that many are free.</param>
    /// <returns>The block, or -1 when none is available.</returns>
    public int Allocate(int previous, int expected)
    {
        int block = previous + 1;
        if (previous < 0 || block >= BlockCount || !IsFree(block))
            block = FreeCount > 0 ? FindRun(Math.Max(1, expected)) : _cache?.EvictOldest() ?? -1;
        else _cursor = Math.Max(_cursor, block + 1);
        if (block < 0) return -1;

        if (IsFree(block))
        {
            _free[block >> 6] &= ~(1UL << block);
            FreeCount--;
        }

        Debug.Assert(_references[block] == 0);
        _references[block] = 1;
        HeldCount++;
        return block;
    }

    /// <summary>Adds a holder to a held or cached block.</summary>
    public void Share(int block)
    {
        if (_references[block]++ > 0) return;
        Debug.Assert(_cache is not null && _cache.IsCached(block));
        _cache.MarkHeld(block);
        HeldCount++;
    }

    /// <summary>Takes one holder away. With the last one the block becomes cached, if the prefix cache knows it, or free.</summary>
    public void Release(int block)
    {
        Debug.Assert(_references[block] > 0);
        if (--_references[block] > 0) return;
        HeldCount--;
        if (_cache is not null && _cache.IsCached(block))
        {
            _cache.MarkEvictable(block);
            return;
        }

        SetFree(block);
        FreeCount++;
    }

    public int References(int block) => _references[block];

    private bool IsFree(int block) => (_free[block >> 6] >> block & 1) != 0;

    private void SetFree(int block) => _free[block >> 6] |= 1UL << block;

    /// <summary>Start of the first run of <paramref name="length"/> free blocks after the last such run, or of the longest run there is.</summary>
    private int FindRun(int length)
    {
        if (_cursor >= BlockCount) _cursor = 0;
        (int start, int found) = LongestRun(_cursor, BlockCount, length);
        if (found < length)
        {
            (int wrappedStart, int wrapped) = LongestRun(0, BlockCount, length);
            if (wrapped > found) (start, found) = (wrappedStart, wrapped);
        }

        _cursor = start + Math.Min(found, length); // leaves the sequence room to grow into
        return start;
    }

    private (int Start, int Length) LongestRun(int from, int to, int enough)
    {
        int bestStart = -1, best = 0;
        for (int block = from; block < to;)
        {
            ulong word = _free[block >> 6] >> block;
            if (word == 0)
            {
                block = (block | 63) + 1;
                continue;
            }

            block += BitOperations.TrailingZeroCount(word);
            int start = block;
            while (block < to && block - start < enough)
            {
                int ones = BitOperations.TrailingZeroCount(~(_free[block >> 6] >> block));
                int inWord = 64 - (block & 63);
                block += Math.Min(ones, inWord);
                if (ones < inWord) break;
            }

            int length = Math.Min(block, to) - start;
            if (length > best) (bestStart, best) = (start, length);
            if (best >= enough) break;
        }

        return (bestStart, best);
    }
}
