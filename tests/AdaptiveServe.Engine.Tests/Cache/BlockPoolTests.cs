using AdaptiveServe.Engine.Cache;
using AdaptiveServe.Tests;
using CsCheck;

namespace AdaptiveServe.Engine.Tests.Cache;

public class BlockPoolTests
{
    [Theory, InlineData(0, 0), InlineData(1, 1), InlineData(4, 1), InlineData(5, 2), InlineData(8, 2)]
    public void BlocksFor_Tokens_RoundsUp(int tokens, int blocks) => Assert.Equal(blocks, Pool().BlocksFor(tokens));

    [Fact]
    public void TryGrow_MoreThanThereIs_ChangesNothing()
    {
        BlockPool pool = Pool(blocks: 3);
        var table = new BlockTable();
        Assert.True(pool.TryGrow(table, tokens: 5, expectedTokens: 20));
        Assert.False(pool.TryGrow(table, tokens: 13, expectedTokens: 20));
        Assert.Equal((2, 2, 1), (table.Count, pool.HeldCount, pool.AvailableCount));
        Assert.True(pool.TryGrow(table, tokens: 12, expectedTokens: 20));
        Assert.True(table.IsOneRun);
        pool.CheckIntegrity([table]);
    }

    [Fact]
    public void Adopt_Fork_TakesThePlaceOfTheOwnBlocks()
    {
        BlockPool pool = Pool(blocks: 8);
        BlockTable table = new(), fork = new();
        pool.TryGrow(table, tokens: 11, expectedTokens: 20);
        Assert.True(pool.TryFork(table, fork, shared: 2, tokens: 17));
        int[] forked = fork.Blocks.ToArray();
        Assert.Equal((5, 6), (forked.Length, pool.HeldCount));
        Assert.Equal(table.Blocks[..2].ToArray(), forked[..2]);
        Assert.DoesNotContain(table.Last, forked);
        pool.CheckIntegrity([table, fork]);
        pool.Adopt(table, fork, shared: 2);
        Assert.Equal(forked, table.Blocks.ToArray());
        Assert.Equal((0, 5), (fork.Count, pool.HeldCount));
        pool.CheckIntegrity([table, fork]);
    }

    [Fact]
    public void TryFork_MoreThanThereIs_ChangesNothing()
    {
        BlockPool pool = Pool(blocks: 4);
        BlockTable table = new(), fork = new();
        pool.TryGrow(table, tokens: 9, expectedTokens: 20);
        Assert.False(pool.TryFork(table, fork, shared: 2, tokens: 13));
        Assert.Equal((0, 3), (fork.Count, pool.HeldCount));
        Assert.True(pool.TryFork(table, fork, shared: 2, tokens: 12));
        pool.CheckIntegrity([table, fork]);
    }

    [Fact]
    public void Attach_FullBlocksOfAKnownPrompt_SharesThem()
    {
        BlockPool pool = Pool();
        BlockTable first = Fill(pool, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        var second = new BlockTable();
        Assert.Equal(8, pool.Attach(second, [1, 2, 3, 4, 5, 6, 7, 8, 10]));
        Assert.Equal(first.Blocks[..2].ToArray(), second.Blocks.ToArray());
        pool.CheckIntegrity([first, second]);
        pool.Free(first);
        pool.CheckIntegrity([second]);
        Assert.Equal(4, pool.Attach(new BlockTable(), [1, 2, 3, 4, 9, 9, 9, 9]));
        Assert.Equal(0, pool.Attach(new BlockTable(), [1, 2, 3]));
    }

    [Fact]
    public void Attach_WithoutPrefixCaching_FindsNothing()
    {
        var pool = new BlockPool(8, 4, prefixCaching: false, salt: 0);
        pool.Free(Fill(pool, [1, 2, 3, 4]));
        Assert.Equal(0, pool.Attach(new BlockTable(), [1, 2, 3, 4]));
        Assert.Equal((8, 0), (pool.AvailableCount, pool.HeldCount));
    }

    [Fact]
    public void Free_LongPrompt_KeepsItsStartLongest()
    {
        BlockPool pool = Pool(blocks: 4);
        int[] tokens = [.. Enumerable.Range(0, 16)];
        pool.Free(Fill(pool, tokens));
        BlockTable other = Fill(pool, [99, 99, 99, 99, 99]); // evicts two
        Assert.Equal(8, pool.Attach(new BlockTable(), tokens));
        Assert.Equal(2, other.Count);
    }

    [Fact]
    public void CheckIntegrity_Leak_Throws()
    {
        BlockPool pool = Pool();
        BlockTable table = Fill(pool, [1, 2, 3]);
        Assert.Throws<InvalidOperationException>(() => pool.CheckIntegrity([]));
        pool.CheckIntegrity([table]);
    }

    [Fact]
    public void CheckIntegrity_TwoOwnersOfAnUnsharedBlock_Throws()
    {
        BlockPool pool = Pool();
        BlockTable table = Fill(pool, [1, 2, 3]), thief = new();
        thief.Add(table.Last);
        Assert.Throws<InvalidOperationException>(() => pool.CheckIntegrity([table, thief]));
    }

    [Fact]
    public void CheckIntegrity_BlockOfNobodyInATable_Throws()
    {
        BlockPool pool = Pool();
        var table = new BlockTable();
        table.Add(2);
        Assert.Throws<InvalidOperationException>(() => pool.CheckIntegrity([table]));
    }

    /// <summary>Against a list of everything cached, searched from end to end.</summary>
    [Fact]
    public void Attach_AnyOperations_FindsWhatWasPublishedAndNotEvicted() => Property.Check(
        Gen.Select(
            Gen.Int[1, 12], Gen.Int[1, 3], Gen.Bool,
            Gen.Select(Gen.Int[0, 3], Gen.Int[0, 5], Gen.Int[0, 2].Array[1, 14]).Array[1, 60]),
        value => new Model(value.Item1, value.Item2, value.Item3).Run(value.Item4),
        cases: 1000);

    private static BlockPool Pool(int blocks = 8) => new(blocks, 4, prefixCaching: true, salt: 3);

    private static BlockTable Fill(BlockPool pool, int[] tokens)
    {
        var table = new BlockTable();
        Assert.True(pool.TryGrow(table, tokens.Length, tokens.Length));
        pool.Publish(table, tokens, tokens.Length);
        return table;
    }

    private sealed class Model(int blockCount, int blockSize, bool prefixCaching)
    {
        private sealed record Entry(int Identity, int Parent, string Tokens, int Block);

        private sealed class Holder
        {
            public readonly BlockTable Table = new();
            public int[] Tokens = [];
            public int Published, Identity;
        }

        private readonly BlockPool _pool = new(blockCount, blockSize, prefixCaching, salt: 11);
        private readonly Holder[] _holders = [.. Enumerable.Range(0, 6).Select(_ => new Holder())];
        private readonly List<Entry> _cached = [];
        private readonly List<int> _evictable = []; // oldest first
        private int _identities;

        public void Run((int Kind, int Holder, int[] Tokens)[] operations)
        {
            foreach ((int kind, int number, int[] tokens) in operations)
            {
                Holder holder = _holders[number];
                if (kind == 0) Free(holder);
                else if (holder.Table.Count == 0) Start(holder, tokens);
                else if (kind == 1) Publish(holder);
                else Grow(holder, tokens);
                _pool.CheckIntegrity(_holders.Select(each => each.Table));
                Assert.Equal(blockCount - HeldBlocks().Count, _pool.AvailableCount);
            }
        }

        private void Start(Holder holder, int[] tokens)
        {
            int cached = _pool.Attach(holder.Table, tokens);
            (holder.Published, holder.Identity) = (0, 0);
            var blocks = new List<int>();
            while (prefixCaching && Find(holder, tokens) is { } entry)
            {
                blocks.Add(entry.Block);
                _evictable.Remove(entry.Block);
                holder.Identity = entry.Identity;
                holder.Published++;
            }

            Assert.Equal(blocks, holder.Table.Blocks.ToArray());
            Assert.Equal(blocks.Count * blockSize, cached);
            holder.Tokens = tokens[..cached];
            Grow(holder, tokens[cached..]);
        }

        private void Grow(Holder holder, int[] tokens)
        {
            int before = holder.Table.Count, wanted = (holder.Tokens.Length + tokens.Length + blockSize - 1) / blockSize;
            HashSet<int> held = HeldBlocks();
            bool fits = wanted - before <= blockCount - held.Count;
            Assert.Equal(fits, _pool.TryGrow(holder.Table, holder.Tokens.Length + tokens.Length, expectedTokens: 20));
            if (!fits) return;
            holder.Tokens = [.. holder.Tokens, .. tokens];
            int free = blockCount - held.Count - _evictable.Count;
            foreach (int block in holder.Table.Blocks[before..])
            {
                Assert.DoesNotContain(block, held);
                if (free-- > 0)
                {
                    Assert.DoesNotContain(_cached, entry => entry.Block == block);
                    continue;
                }

                Assert.Equal(_evictable[0], block);
                _evictable.RemoveAt(0);
                _cached.RemoveAll(entry => entry.Block == block);
            }
        }

        private void Publish(Holder holder)
        {
            _pool.Publish(holder.Table, holder.Tokens, holder.Tokens.Length);
            while (prefixCaching && (holder.Published + 1) * blockSize <= holder.Tokens.Length)
            {
                Entry? known = Find(holder, holder.Tokens);
                if (known is null)
                {
                    known = new Entry(++_identities, holder.Identity, Key(holder, holder.Tokens), holder.Table.Blocks[holder.Published]);
                    _cached.Add(known);
                }

                holder.Identity = known.Identity;
                holder.Published++;
            }
        }

        private void Free(Holder holder)
        {
            int[] blocks = holder.Table.Blocks.ToArray();
            _pool.Free(holder.Table);
            foreach (int block in blocks.Reverse())
            {
                bool isHeld = _holders.Any(each => each.Table.Blocks.Contains(block));
                if (!isHeld && _cached.Any(entry => entry.Block == block)) _evictable.Add(block);
            }

            holder.Tokens = [];
        }

        private HashSet<int> HeldBlocks() => [.. _holders.SelectMany(each => each.Table.Blocks.ToArray())];

        /// <summary>The entry for the first block of the tokens that the holder has not published.</summary>
        private Entry? Find(Holder holder, int[] tokens) => (holder.Published + 1) * blockSize > tokens.Length
            ? null
            : _cached.Find(entry => entry.Parent == holder.Identity && entry.Tokens == Key(holder, tokens));

        private string Key(Holder holder, int[] tokens) => string.Join(' ', tokens.Skip(holder.Published * blockSize).Take(blockSize));
    }
}
