namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>A register of positions of one block.</summary>
/// <param name="keys">Their keys' first dimension.</param>
/// <param name="offset">The first position, counted from the chunk's beginning.</param>
internal readonly unsafe struct KeyGroup(byte* keys, int offset)
{
    public byte* Keys { get; } = keys;

    public int Offset { get; } = offset;
}
