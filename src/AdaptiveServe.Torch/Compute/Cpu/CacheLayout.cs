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
}
