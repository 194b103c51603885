namespace AdaptiveServe.Lab.Export.Gguf;

/// <summary>Elements that were computed.</summary>
internal sealed class FixedRow(float[] values) : ITensorRows
{
    public long Count => 1;

    public int Length => values.Length;

    public void Read(long first, Span<float> destination) => values.CopyTo(destination);
}
