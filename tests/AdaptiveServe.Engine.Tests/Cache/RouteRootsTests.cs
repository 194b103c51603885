using AdaptiveServe.Engine.Cache;
using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Tests.Cache;

public class RouteRootsTests
{
    [Fact]
    public void Of_EqualRoutes_ShareARoot()
    {
        var roots = new RouteRoots();
        long some = roots.Of(new LayerRoute([0, 2], 3, 0));
        Assert.Equal(some, roots.Of(new LayerRoute([0, 2], 3, 0)));
        Assert.NotEqual(some, roots.Of(new LayerRoute([0, 1], 3, 0)));
        Assert.Equal(PrefixCache.Root, roots.Of(null));
    }

    /// <summary>Whatever clients name: no root is given twice, and memory is bounded.</summary>
    [Fact]
    public void Of_MoreRoutesThanItKeeps_NeverGivesARootAgain()
    {
        var roots = new RouteRoots();
        var given = new HashSet<long> { PrefixCache.Root };
        for (int i = 1; i < 5000; i++)
        {
            int number = i;
            int[] layers = [.. Enumerable.Range(0, 13).Where(bit => (number >> bit & 1) != 0)];
            Assert.True(given.Add(roots.Of(new LayerRoute(layers, 13, 0))));
        }

        Assert.All(given, root => Assert.True(root <= 0));
    }

    [Fact]
    public void Attach_OtherRoute_FindsNothing()
    {
        var pool = new BlockPool(8, 2, prefixCaching: true, salt: 1);
        int[] tokens = [1, 2, 3, 4];
        var first = new BlockTable { Root = -1 };
        pool.TryGrow(first, 4, 4);
        pool.Publish(first, tokens, 4);
        pool.Free(first);
        Assert.Equal(0, pool.Attach(new BlockTable(), tokens));
        Assert.Equal(0, pool.Attach(new BlockTable { Root = -2 }, tokens));
        Assert.Equal(4, pool.Attach(first, tokens)); // the table keeps its root when it is emptied
    }
}
