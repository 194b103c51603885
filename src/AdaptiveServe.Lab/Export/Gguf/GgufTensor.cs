namespace AdaptiveServe.Lab.Export.Gguf;

/// <summary>A tensor of the file.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Rows">Its elements.</param>
/// <param name="Dtype">How they are stored.</param>
/// <param name="IsMatrix">Whether it has two dimensions; otherwise its rows follow each other as one vector.</param>
internal sealed record GgufTensor(string Name, ITensorRows Rows, GgufDtype Dtype, bool IsMatrix)
{
    private long Elements => Rows.Count * Rows.Length;

    /// <summary>The innermost dimension first, as the format wants them.</summary>
    public long[] Dimensions => IsMatrix ? [Rows.Length, Rows.Count] : [Elements];

    public long Bytes => Dtype.Bytes(Elements);
}
