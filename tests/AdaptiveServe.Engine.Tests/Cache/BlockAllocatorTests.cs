using AdaptiveServe.Engine.Cache;
using AdaptiveServe.Tests;
using CsCheck;

namespace AdaptiveServe.Engine.Tests.Cache;

public class BlockAllocatorTests
{
    [Fact]
    public void Allocate_SeveralSequences_GivesEachItsRun()
    {
        var allocator = new BlockAllocator(200, null);
        Assert.Equal([0, 10, 20], Enumerable.Range(0, 3).Select(_ => allocator.Allocate(-1, expected: 10)));
        Assert.Equal([1, 11, 21, 2, 12, 22], new[] { 0, 10, 20, 1, 11, 21 }.Select(previous => allocator.Allocate(previous, expected: 9)));
    }

    [Fact]
    public void Allocate_NextBlockIsTaken_StartsANewRun()
    {
        var allocator = new BlockAllocator(10, null);
        Assert.Equal(0, allocator.Allocate(-1, 1));
        Assert.Equal(1, allocator.Allocate(-1, 1));
        Assert.Equal(2, allocator.Allocate(0, 3));
        Assert.Equal(3, allocator.Allocate(2, 2));
    }

    [Fact]
    public void Allocate_NoRunAfterTheLastOne_WrapsAround()
    {
        BlockAllocator allocator = Full(130);
        for (int block = 60; block < 70; block++) allocator.Release(block); // a run over the border of two words
        Assert.Equal(60, allocator.Allocate(-1, expected: 10));
        Assert.Equal(61, allocator.Allocate(60, expected: 9));
    }

    [Theory]
    [InlineData(4, 100)] // the first run that is long enough
    [InlineData(3, 100)]
    [InlineData(2, 20)]
    [InlineData(9, 100)] // else the longest
    public void Allocate_Fragmented_TakesTheFirstRunThatIsLongEnoughOrTheLongest(int expected, int block)
    {
        BlockAllocator allocator = Full(200);
        foreach (int free in new[] { 0, 20, 21, 100, 101, 102, 103, 150 }) allocator.Release(free);
        Assert.Equal(block, allocator.Allocate(-1, expected));
    }

    [Fact]
    public void Allocate_LastBlockOfAll_HasNoSuccessor()
    {
        var allocator = new BlockAllocator(64, null);
        for (int block = 0; block < 64; block++) Assert.Equal(block, allocator.Allocate(block - 1, 64 - block));
        Assert.Equal(-1, allocator.Allocate(63, 1));
        allocator.Release(5);
        Assert.Equal(5, allocator.Allocate(63, 1));
    }

    [Fact]
    public void Release_SharedBlock_IsFreeAfterTheLastHolder()
    {
        var allocator = new BlockAllocator(2, null);
        int block = allocator.Allocate(-1, 1);
        allocator.Share(block);
        Assert.Equal((2, 1, 1), (allocator.References(block), allocator.HeldCount, allocator.FreeCount));
        allocator.Release(block);
        Assert.Equal((1, 1, 1), (allocator.References(block), allocator.HeldCount, allocator.FreeCount));
        allocator.Release(block);
        Assert.Equal((0, 0, 2), (allocator.References(block), allocator.HeldCount, allocator.FreeCount));
    }

    [Fact]
    public void Allocate_NothingFree_EvictsInTheOrderOfRelease()
    {
        var cache = new PrefixCache(4, 1, 0);
        var allocator = new BlockAllocator(4, cache);
        for (int block = 0; block < 4; block++)
        {
            allocator.Allocate(block - 1, 4 - block);
            cache.Add(PrefixCache.Root, [block], block);
        }

        foreach (int block in new[] { 2, 0, 3 }) allocator.Release(block);
        Assert.Equal((0, 1, 3), (allocator.FreeCount, allocator.HeldCount, allocator.AvailableCount));
        allocator.Share(0); // taken out of the middle of the order
        Assert.Equal([2, 3, -1], Enumerable.Range(0, 3).Select(_ => allocator.Allocate(-1, 1)));
        allocator.Release(0);
        Assert.Equal(0, allocator.Allocate(-1, 1));
        Assert.False(cache.IsCached(0));
    }

    [Fact]
    public void Constructor_NoBlocks_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new BlockAllocator(0, null));

    /// <summary>Against lists that are searched from end to end.</summary>
    [Fact]
    public void Allocate_AnyOperations_FollowsTheRules() => Property.Check(
        Gen.Select(Gen.Int[1, 130], Gen.Select(Gen.Int[0, 3], Gen.Int[0, 1000], Gen.Int[1, 70]).Array[1, 200]),
        value => new Model(value.Item1).Run(value.Item2),
        cases: 150);

    private static BlockAllocator Full(int blocks)
    {
        var allocator = new BlockAllocator(blocks, null);
        for (int block = 0; block < blocks; block++) allocator.Allocate(block - 1, 1);
        return allocator;
    }

    private sealed class Model(int blockCount)
    {
        private readonly BlockAllocator _allocator = new(blockCount, null);
        private readonly SortedSet<int> _free = [.. Enumerable.Range(0, blockCount)];
        private readonly List<int> _holders = []; // a block as often as it is held

        public void Run((int Kind, int Which, int Expected)[] operations)
        {
            foreach ((int kind, int which, int expected) in operations)
            {
                int held = _holders.Count == 0 ? -1 : _holders[which % _holders.Count];
                if (kind == 0) Allocate(-1, expected);
                else if (kind == 1) Allocate(held, expected);
                else if (kind == 2 && held >= 0) Share(held);
                else if (held >= 0) Release(held);
                Assert.Equal((_free.Count, blockCount - _free.Count), (_allocator.FreeCount, _allocator.HeldCount));
            }

            for (int block = 0; block < blockCount; block++)
                Assert.Equal(_holders.Count(held => held == block), _allocator.References(block));
        }

        private void Allocate(int previous, int expected)
        {
            int block = _allocator.Allocate(previous, expected);
            if (_free.Count == 0)
            {
                Assert.Equal(-1, block);
                return;
            }

            Assert.Contains(block, _free);
            if (previous >= 0 && _free.Contains(previous + 1)) Assert.Equal(previous + 1, block);
            else Assert.True(RunLength(block) >= Math.Min(expected, _free.Max(RunLength)), "the run is shorter than it could be");
            _free.Remove(block);
            _holders.Add(block);
        }

        private int RunLength(int start)
        {
            int length = 0;
            while (_free.Contains(start + length)) length++;
            return length;
        }

        private void Share(int block)
        {
            _allocator.Share(block);
            _holders.Add(block);
        }

        private void Release(int block)
        {
            _allocator.Release(block);
            _holders.Remove(block);
            if (!_holders.Contains(block)) _free.Add(block);
        }
    }
}
