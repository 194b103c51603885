namespace AdaptiveServe.Lab.Speculation;

/// <summary>How an acceptance head is trained; the defaults are the paper's where it gives them (SpecDec++, arXiv 2405.19715).</summary>
internal sealed record AcceptanceHeadOptions
{
    /// <value>Residual blocks. Default 3.</value>
    public int Blocks { get; init; } = 3;

    /// <value>Whether all blocks have the same weights, as in the released code. Default false.</value>
    public bool ShareBlocks { get; init; }

    /// <value>Whether a state is asked about the token it has read, as in the released code. Default false.</value>
    public bool ScoresLast { get; init; }

    /// <value>Chance of an answer's own token in what the drafter reads. Default 0.15.</value>
    public double Mixing { get; init; } = 0.15;

    /// <value>Weight of a refused token beside an accepted one. Default 6.</value>
    public double RejectWeight { get; init; } = 6;

    /// <value>Passes over the examples. Default 3.</value>
    public int Epochs { get; init; } = 3;

    /// <value>Examples of an update. Default 256.</value>
    public int BatchSize { get; init; } = 256;

    /// <value>Peak of the learning rate; the paper's is not published. Default 1e-3.</value>
    public float LearningRate { get; init; } = 1e-3f;
}
