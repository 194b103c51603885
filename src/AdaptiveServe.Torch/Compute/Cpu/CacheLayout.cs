using AdaptiveServe.Torch.Cache;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>
/// Where a layer's keys and values lie on the CPU: keys as [block, head, dimension, position in the block], so that a register holds one
/// dimension of many positions and scores need no sums across lanes; values as [block, head, position in the block, dimension].
/// </summary>
/// <param name="Heads">Key-value heads.</param>
/// <param name="HeadDim">Length of a head.</param>
/// <param name="BlockSize">Positions in a block.</param>
internal readonly record struct CacheLayout(int Heads, int HeadDim, int BlockSize)
{
    /// <summary>The first element of a head's block, in the keys and in the values alike.</summary>
    public nint Block(int block, int head) => ((nint)block * Heads + head) * HeadDim * BlockSize;

    /// <summary>A slot's first key element of head 0; the next dimension lies <see cref="BlockSize"/> further, the next head a block's head.</summary>
    public nint Key(int slot) => Block(slot / BlockSize, 0) + slot % BlockSize;

    /// <summary>A slot's first value element of head 0.</summary>
    public nint Value(int slot) => Block(slot / BlockSize, 0) + (nint)(slot % BlockSize) * HeadDim;

    /// <summary>Copies keys and values between slots.</summary>
    /// <param name="cache">Of one layer.</param>
    /// <param name="size">Bytes of an element: 2 or 4.</param>
    /// <param name="from">Slots to read.</param>
    /// <param name="to">As many slots to write.</param>
    public void Copy(LayerCache cache, long size, ReadOnlySpan<int> from, ReadOnlySpan<int> to)
    {
        if (size == sizeof(float)) Copy<float>(cache, from, to);
        else Copy<ushort>(cache, from, to);
    }

    private unsafe void Copy<T>(LayerCache cache, ReadOnlySpan<int> from, ReadOnlySpan<int> to)
        where T : unmanaged
    {
        T* keys = (T*)TensorMemory.Pointer(cache.Keys), values = (T*)TensorMemory.Pointer(cache.Values);
        nint nextHead = (nint)HeadDim * BlockSize;
        for (int i = 0; i < from.Length; i++)
        {
            (nint fromKey, nint toKey, nint fromValue, nint toValue) = (Key(from[i]), Key(to[i]), Value(from[i]), Value(to[i]));
            for (nint head = 0; head < Heads * nextHead; head += nextHead)
            {
                for (nint k = 0; k < nextHead; k += BlockSize) keys[toKey + head + k] = keys[fromKey + head + k];
                new ReadOnlySpan<T>(values + fromValue + head, HeadDim).CopyTo(new Span<T>(values + toValue + head, HeadDim));
            }
        }
    }
}
