namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>What all items of an attention operation share.</summary>
internal readonly unsafe struct AttentionBatch
{
    /// <summary>[tokens, QueryStride]; a token's query heads come first.</summary>
    public required float* Queries { get; init; }

    public required nint QueryStride { get; init; }

    /// <summary>As <see cref="Layout"/> says, with room behind the last block.</summary>
    public required byte* Keys { get; init; }

    public required byte* Values { get; init; }

    /// <summary>[tokens, OutputStride]; heads one after the other.</summary>
    public required float* Output { get; init; }

    public required nint OutputStride { get; init; }

    public required CacheLayout Layout { get; init; }

    /// <summary>Query heads that share keys and values.</summary>
    public required int Group { get; init; }

    /// <summary>How many tokens back, itself included, a token sees; null for all.</summary>
    public required int? Window { get; init; }

    /// <summary>The first position that a token at <paramref name="position"/> sees.</summary>
    public int FirstVisible(int position) => Window is { } window ? Math.Max(0, position - window + 1) : 0;
}
