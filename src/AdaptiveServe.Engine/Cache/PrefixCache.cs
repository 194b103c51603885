using System.Runtime.InteropServices;

namespace AdaptiveServe.Engine.Cache;

/// <summary>Finds blocks by what they hold: the same tokens after the same tokens, computed by the same model along the same layer route.</summary>
/// <remarks>
/// A cached block has an identity that is never used again, and its key is (identity of the block before it, its tokens). Tokens are
/// compared in full, so by induction a hit is exact: hash collisions, accidental or provoked, cost a miss and never a wrong block.
/// Blocks that nobody holds stay cached in the order in which they were released until the allocator takes the oldest.
/// </remarks>
internal sealed class PrefixCache
{
    /// <summary>The identity before the first block on the plain layer route. Other routes get negative identities of their own.</summary>
    public const long Root = 0;

    private const int None = -1;

    private readonly int _blockSize;
    private readonly Dictionary<ulong, int> _blocks;
    private readonly int[] _tokens;
    private readonly long[] _parents, _identities; // identity 0: not cached
    private readonly ulong[] _keys;
    private readonly int[] _older, _newer; // the list of cached blocks that nobody holds
    private readonly bool[] _listed;
    private readonly ulong _salt;
    private int _oldest = None, _newest = None;
    private long _nextIdentity = 1;

    public PrefixCache(int blockCount, int blockSize, ulong salt)
    {
        _blockSize = blockSize;
        _salt = salt;
        _blocks = new Dictionary<ulong, int>(blockCount); // of the size it comes to have: growing would hold up a step
        _tokens = new int[(long)blockCount * blockSize];
        _parents = new long[blockCount];
        _identities = new long[blockCount];
        _keys = new ulong[blockCount];
        _older = new int[blockCount];
        _newer = new int[blockCount];
        _listed = new bool[blockCount];
    }

    /// <summary>Cached blocks that nobody holds and that may be taken.</summary>
    public int Evictable { get; private set; }

    /// <summary>The block that holds <paramref name="tokens"/> after <paramref name="parent"/>, and its identity.</summary>
    public bool TryFind(long parent, ReadOnlySpan<int> tokens, out int block, out long identity)
    {
        bool found = _blocks.TryGetValue(Key(parent, tokens), out block) && Holds(block, parent, tokens);
        identity = found ? _identities[block] : 0;
        return found;
    }

    /// <summary>Remembers what a full block holds.</summary>
    /// <returns>The identity of that content: of this block, or of an equal one cached before.</returns>
    public long Add(long parent, ReadOnlySpan<int> tokens, int block)
    {
        ulong key = Key(parent, tokens);
        ref int found = ref CollectionsMarshal.GetValueRefOrAddDefault(_blocks, key, out bool exists);
        if (exists && Holds(found, parent, tokens)) return _identities[found];
        long identity = _nextIdentity++;
        if (exists) return identity; // another content with the same hash: this one stays unfindable

        found = block;
        tokens.CopyTo(_tokens.AsSpan(block * _blockSize));
        _parents[block] = parent;
        _keys[block] = key;
        _identities[block] = identity;
        return identity;
    }

    public bool IsCached(int block) => _identities[block] != 0;

    /// <summary>Nobody holds the cached block any more: it may be taken, after those released before it.</summary>
    public void MarkEvictable(int block)
    {
        _older[block] = _newest;
        _newer[block] = None;
        if (_newest == None) _oldest = block;
        else _newer[_newest] = block;
        _newest = block;
        _listed[block] = true;
        Evictable++;
    }

    /// <summary>Somebody holds the block again.</summary>
    public void MarkHeld(int block)
    {
        if (_listed[block]) Unlink(block);
    }

    /// <summary>Forgets the block that was released first and returns it; -1 when there is none.</summary>
    public int EvictOldest()
    {
        int block = _oldest;
        if (block == None) return None;
        Unlink(block);
        _blocks.Remove(_keys[block]);
        _identities[block] = 0;
        return block;
    }

    private void Unlink(int block)
    {
        int older = _older[block], newer = _newer[block];
        if (older == None) _oldest = newer;
        else _newer[older] = newer;
        if (newer == None) _newest = older;
        else _older[newer] = older;
        _listed[block] = false;
        Evictable--;
    }

    private bool Holds(int block, long parent, ReadOnlySpan<int> tokens) =>
        _parents[block] == parent && tokens.SequenceEqual(_tokens.AsSpan(block * _blockSize, _blockSize));

    private ulong Key(long parent, ReadOnlySpan<int> tokens)
    {
        ulong hash = Mix(_salt ^ (ulong)parent); // the salt makes collisions unpredictable for clients
        foreach (int token in tokens) hash = Mix(hash ^ (uint)token);
        return hash;
    }

    /// <summary>The step of SplitMix64 (Steele, Lea, Flood 2014).</summary>
    internal static ulong Mix(ulong hash)
    {
        hash += 0x9E3779B97F4A7C15;
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return hash ^ (hash >> 31);
    }
}
