namespace AdaptiveServe.Lab.Export.Gguf;

/// <summary>The elements of a tensor, to be read a few rows at a time.</summary>
internal interface ITensorRows
{
    /// <summary>How many rows there are.</summary>
    long Count { get; }

    /// <summary>How many elements each has.</summary>
    int Length { get; }

    /// <summary>Reads the rows from <paramref name="first"/> on, as many as fill <paramref name="destination"/>.</summary>
    void Read(long first, Span<float> destination);
}
