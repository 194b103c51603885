using AdaptiveServe.Engine.Cache;

namespace AdaptiveServe.Engine.Tests.Cache;

public class PrefixCacheTests
{
    [Fact]
    public void TryFind_SameTokensAfterTheSameTokens_Hits()
    {
        var cache = new PrefixCache(8, 2, salt: 1);
        long first = cache.Add(PrefixCache.Root, [1, 2], block: 5);
        long second = cache.Add(first, [3, 4], block: 6);
        Assert.True(cache.TryFind(PrefixCache.Root, [1, 2], out int block, out long identity));
        Assert.Equal((5, first), (block, identity));
        Assert.True(cache.TryFind(first, [3, 4], out block, out identity));
        Assert.Equal((6, second), (block, identity));
    }

    [Fact]
    public void TryFind_OtherTokensOrOtherTokensBefore_Misses()
    {
        var cache = new PrefixCache(8, 2, salt: 1);
        long first = cache.Add(PrefixCache.Root, [1, 2], block: 5);
        cache.Add(first, [3, 4], block: 6);
        Assert.False(cache.TryFind(PrefixCache.Root, [2, 1], out _, out _));
        Assert.False(cache.TryFind(PrefixCache.Root, [3, 4], out _, out _));
        Assert.False(cache.TryFind(first, [1, 2], out _, out _));
        Assert.False(cache.TryFind(-1, [1, 2], out _, out _)); // another layer route
    }

    [Fact]
    public void Add_EqualContent_GivesTheIdentityOfTheFirst()
    {
        var cache = new PrefixCache(8, 2, salt: 1);
        long first = cache.Add(PrefixCache.Root, [1, 2], block: 5);
        Assert.Equal(first, cache.Add(PrefixCache.Root, [1, 2], block: 6));
        Assert.True(cache.IsCached(5));
        Assert.False(cache.IsCached(6));
    }

    [Fact]
    public void Add_BlocksOfOneTokenAfterManyParents_AreAllFound()
    {
        var cache = new PrefixCache(4096, 1, salt: 1);
        for (int i = 0; i < 4096; i++) cache.Add(parent: i / 64, [i % 64], block: i);
        for (int i = 0; i < 4096; i++)
        {
            Assert.True(cache.TryFind(i / 64, [i % 64], out int block, out _));
            Assert.Equal(i, block);
        }
    }

    [Fact]
    public void EvictOldest_ThenTheSameContentAgain_HasANewIdentity()
    {
        var cache = new PrefixCache(8, 1, salt: 1);
        var identities = new HashSet<long> { PrefixCache.Root };
        for (int i = 0; i < 100; i++)
        {
            long identity = cache.Add(PrefixCache.Root, [7], block: i % 8);
            Assert.True(identities.Add(identity), "an identity was used twice");
            cache.Add(identity, [8], block: (i + 1) % 8);
            cache.MarkEvictable(i % 8);
            cache.MarkEvictable((i + 1) % 8);
            Assert.Equal(i % 8, cache.EvictOldest());
            Assert.False(cache.TryFind(PrefixCache.Root, [7], out _, out _));
            Assert.Equal((i + 1) % 8, cache.EvictOldest());
        }

        Assert.Equal(-1, cache.EvictOldest());
    }

    [Fact]
    public void EvictOldest_ParentOfACachedBlock_MakesTheChildUnreachable()
    {
        var cache = new PrefixCache(8, 1, salt: 1);
        long parent = cache.Add(PrefixCache.Root, [1], block: 0);
        cache.Add(parent, [2], block: 1);
        cache.MarkEvictable(0);
        cache.EvictOldest();
        Assert.NotEqual(parent, cache.Add(PrefixCache.Root, [1], block: 2));
        Assert.True(cache.TryFind(PrefixCache.Root, [1], out _, out long identity));
        Assert.False(cache.TryFind(identity, [2], out _, out _));
    }

    /// <summary>Two blocks with one hash: the second is not found, and never taken for the first.</summary>
    [Fact]
    public void TryFind_ContentWithTheHashOfAnother_Misses()
    {
        const ulong Salt = 12345;
        (int[] first, int[] second) = FindCollision(Salt);
        var cache = new PrefixCache(8, 2, Salt);
        long identity = cache.Add(PrefixCache.Root, first, block: 3);
        Assert.False(cache.TryFind(PrefixCache.Root, second, out _, out _));
        long other = cache.Add(PrefixCache.Root, second, block: 4);
        Assert.NotEqual(identity, other);
        Assert.False(cache.IsCached(4)); // had the hashes differed it would be cached
        Assert.True(cache.TryFind(PrefixCache.Root, first, out int block, out _));
        Assert.Equal(3, block);

        cache.MarkEvictable(3);
        cache.EvictOldest();
        cache.Add(PrefixCache.Root, second, block: 5);
        Assert.True(cache.TryFind(PrefixCache.Root, second, out block, out _));
        Assert.Equal(5, block);
        Assert.False(cache.TryFind(PrefixCache.Root, first, out _, out _));

        var salted = new PrefixCache(8, 2, Salt + 1);
        salted.Add(PrefixCache.Root, first, block: 3);
        salted.Add(PrefixCache.Root, second, block: 4);
        Assert.True(salted.IsCached(4));
    }

    /// <summary>The second token cancels any difference of the lower halves: two first tokens with equal upper halves are enough.</summary>
    private static (int[] First, int[] Second) FindCollision(ulong salt)
    {
        var seen = new Dictionary<uint, (int Token, uint Lower)>();
        for (int token = 0; ; token++)
        {
            ulong hash = PrefixCache.Mix(PrefixCache.Mix(salt ^ PrefixCache.Root) ^ (uint)token);
            uint upper = (uint)(hash >> 32), lower = (uint)hash;
            if (seen.TryGetValue(upper, out (int Token, uint Lower) other))
                return ([other.Token, 1], [token, (int)(1 ^ other.Lower ^ lower)]);
            seen.Add(upper, (token, lower));
        }
    }
}
