namespace AdaptiveServe.Lab.Export.Gguf;

/// <summary>
/// The rows of a query or key projection in the order in which llama.cpp's architecture <c>llama</c> rotates them. Checkpoints of Hugging
/// Face rotate row i of a head with row i + headDim / 2; that architecture rotates neighbours, rows 2i and 2i + 1.
/// </summary>
internal sealed class RotaryRows(ITensorRows rows, int headDim) : ITensorRows
{
    public long Count => rows.Count;

    public int Length => rows.Length;

    public void Read(long first, Span<float> destination)
    {
        for (int start = 0; start < destination.Length; start += Length, first++)
            rows.Read(Source(first), destination.Slice(start, Length));
    }

    private long Source(long row)
    {
        (long head, long place) = Math.DivRem(row, headDim);
        return head * headDim + place % 2 * (headDim / 2) + place / 2;
    }
}
