namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>Positions of a chunk that lie in one block.</summary>
/// <param name="values">The first one's values.</param>
/// <param name="offset">The first position, counted from the chunk's beginning.</param>
/// <param name="count">How many.</param>
/// <param name="isOdd">Whether the first has an odd place in its block.</param>
internal readonly unsafe struct ValueRun(byte* values, int offset, int count, bool isOdd)
{
    public byte* Values { get; } = values;

    public int Offset { get; } = offset;

    public int Count { get; } = count;

    public bool IsOdd { get; } = isOdd;
}
