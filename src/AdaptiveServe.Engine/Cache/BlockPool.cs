using System.Diagnostics;

namespace AdaptiveServe.Engine.Cache;

/// <summary>The KV blocks of one model: gives them to sequences, shares prompts through the prefix cache, takes them back.</summary>
internal sealed class BlockPool
{
    private readonly PrefixCache? _cache;
    private readonly BlockAllocator _allocator;

    public BlockPool(int blockCount, int blockSize, bool prefixCaching, ulong salt)
    {
        BlockSize = blockSize;
        _cache = prefixCaching ? new PrefixCache(blockCount, blockSize, salt) : null;
        _allocator = new BlockAllocator(blockCount, _cache);
    }

    public int BlockSize { get; }

    public int BlockCount => _allocator.BlockCount;

    public int AvailableCount => _allocator.AvailableCount;

    public int HeldCount => _allocator.HeldCount;

    public int BlocksFor(int tokens) => (tokens + BlockSize - 1) / BlockSize;

    /// <summary>Gives an empty table the cached blocks of the longest known prefix of <paramref name="tokens"/>.</summary>
    /// <returns>How many tokens they hold: a multiple of the block size.</returns>
    public int Attach(BlockTable table, ReadOnlySpan<int> tokens)
    {
        Debug.Assert(table.Count == 0);
        if (_cache is null) return 0;
        int at = 0;
        while (at + BlockSize <= tokens.Length
            && _cache.TryFind(table.CachedIdentity, tokens.Slice(at, BlockSize), out int block, out long identity))
        {
            _allocator.Share(block);
            table.Add(block);
            table.MarkCached(identity);
            at += BlockSize;
        }

        return at;
    }

    /// <summary>Grows a table until it holds <paramref name="tokens"/> tokens. On false nothing has changed.</summary>
    /// <param name="table">The table.</param>
    /// <param name="tokens">How many tokens it must hold.</param>
    /// <param name="expectedTokens">How many it may come to hold.</param>
    public bool TryGrow(BlockTable table, int tokens, int expectedTokens)
    {
        int wanted = BlocksFor(tokens);
        if (wanted - table.Count > AvailableCount) return false;
        if (wanted > table.Count) table.Reserve(BlocksFor(expectedTokens)); // once: later steps allocate nothing
        while (table.Count < wanted) table.Add(_allocator.Allocate(table.Last, BlocksFor(expectedTokens) - table.Count));
        return true;
    }

    /// <summary>
    /// Gives an empty table the first blocks of another, which both hold from then on, and blocks of its own after them. On false nothing
    /// has changed.
    /// </summary>
    /// <param name="table">Whose first blocks.</param>
    /// <param name="fork">The empty table.</param>
    /// <param name="shared">How many blocks they share.</param>
    /// <param name="tokens">How many tokens the fork must hold.</param>
    public bool TryFork(BlockTable table, BlockTable fork, int shared, int tokens)
    {
        Debug.Assert(fork.Count == 0);
        int own = BlocksFor(tokens) - shared;
        if (own > AvailableCount) return false;
        fork.Reserve(table.Room);
        foreach (int block in table.Blocks[..shared])
        {
            _allocator.Share(block);
            fork.Add(block);
        }

        for (int previous = -1; own > 0; own--) fork.Add(previous = _allocator.Allocate(previous, own)); // not where the table would grow into
        return true;
    }

    /// <summary>Gives a table the blocks of its fork in the place of its own from <paramref name="shared"/> on, and empties the fork.</summary>
    public void Adopt(BlockTable table, BlockTable fork, int shared)
    {
        for (int i = table.Count - 1; i >= shared; i--) _allocator.Release(table.Blocks[i]);
        table.Truncate(shared);
        foreach (int block in fork.Blocks[shared..]) table.Add(block);
        fork.Truncate(shared);
        Free(fork);
    }

    /// <summary>Makes the full blocks among the first <paramref name="computedTokens"/> tokens findable for others.</summary>
    public void Publish(BlockTable table, ReadOnlySpan<int> tokens, int computedTokens)
    {
        if (_cache is null) return;
        while ((table.CachedCount + 1) * BlockSize <= computedTokens)
        {
            int at = table.CachedCount;
            table.MarkCached(_cache.Add(table.CachedIdentity, tokens.Slice(at * BlockSize, BlockSize), table.Blocks[at]));
        }
    }

    /// <summary>Gives a table's blocks back, last one first, so that the start of a prompt stays cached longest.</summary>
    public void Free(BlockTable table)
    {
        for (int i = table.Count - 1; i >= 0; i--) _allocator.Release(table.Blocks[i]);
        table.Clear();
    }

    /// <summary>Checks that every block is free, cached or held, and held as often as the tables say.</summary>
    /// <exception cref="InvalidOperationException">A block leaked or has too many owners.</exception>
    public void CheckIntegrity(IEnumerable<BlockTable> tables)
    {
        var references = new int[BlockCount];
        foreach (BlockTable table in tables)
            foreach (int block in table.Blocks) references[block]++;
        for (int block = 0; block < BlockCount; block++)
        {
            if (references[block] != _allocator.References(block))
                throw new InvalidOperationException(
                    $"KV block {block} has {_allocator.References(block)} references, and {references[block]} tables hold it.");
        }

        if (_allocator.FreeCount + HeldCount + (_cache?.Evictable ?? 0) != BlockCount)
            throw new InvalidOperationException(
                $"{_allocator.FreeCount} free, {HeldCount} held and {_cache?.Evictable ?? 0} cached KV blocks are not {BlockCount} in all.");
    }
}
