namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>
/// Query vectors of one sequence that read the same keys and values: those of one key-value head, token by token, and of a token the
/// query heads that share it.
/// </summary>
internal readonly unsafe struct AttentionItem
{
    public required int KeyValueHead { get; init; }

    /// <summary>The batch's row of the sequence's first token in it.</summary>
    public required int FirstRow { get; init; }

    /// <summary>That token's position in the sequence.</summary>
    public required int Start { get; init; }

    /// <summary>The first of the vectors, counted from that token's first on.</summary>
    public required int FirstVector { get; init; }

    /// <summary>How many vectors, at most <see cref="AttentionScratch.MaxVectors"/>.</summary>
    public required int Count { get; init; }

    /// <summary>The sequence's blocks.</summary>
    public required int* Blocks { get; init; }

    public int Position(in AttentionBatch batch, int vector) => Start + (FirstVector + vector) / batch.Group;

    public float* Query(in AttentionBatch batch, int vector) => batch.Queries + Row(batch, vector) * batch.QueryStride + Head(batch, vector);

    public float* Output(in AttentionBatch batch, int vector) => batch.Output + Row(batch, vector) * batch.OutputStride + Head(batch, vector);

    private nint Row(in AttentionBatch batch, int vector) => FirstRow + (FirstVector + vector) / batch.Group;

    /// <summary>Where in a row the vector's head begins.</summary>
    private nint Head(in AttentionBatch batch, int vector) =>
        ((nint)KeyValueHead * batch.Group + (FirstVector + vector) % batch.Group) * batch.Layout.HeadDim;
}
