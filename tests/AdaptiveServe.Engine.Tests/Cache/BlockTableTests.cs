using AdaptiveServe.Engine.Cache;

namespace AdaptiveServe.Engine.Tests.Cache;

public class BlockTableTests
{
    [Theory]
    [InlineData(new int[0], true)]
    [InlineData(new[] { 7 }, true)]
    [InlineData(new[] { 3, 4, 5, 6, 7, 8 }, true)]
    [InlineData(new[] { 3, 4, 6 }, false)]
    [InlineData(new[] { 4, 3 }, false)]
    [InlineData(new[] { 3, 5, 6, 7 }, false)]
    public void Add_Blocks_KeepsOrderAndKnowsWhetherTheyAreOneRun(int[] blocks, bool isOneRun)
    {
        var table = new BlockTable();
        foreach (int block in blocks) table.Add(block);
        Assert.Equal(blocks, table.Blocks.ToArray());
        Assert.Equal(isOneRun, table.IsOneRun);
        Assert.Equal(blocks.Length == 0 ? -1 : blocks[^1], table.Last);
    }

    [Fact]
    public void Clear_AnyTable_IsLikeNew()
    {
        var table = new BlockTable();
        table.Add(5);
        table.Add(2);
        table.MarkCached(identity: 9);
        table.Clear();
        Assert.Equal((0, true, -1), (table.Count, table.IsOneRun, table.Last));
        Assert.Equal((0, PrefixCache.Root), (table.CachedCount, table.CachedIdentity));
        table.Add(4);
        Assert.True(table.IsOneRun);
    }
}
