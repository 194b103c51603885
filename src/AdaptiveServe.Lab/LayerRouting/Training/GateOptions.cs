namespace AdaptiveServe.Lab.LayerRouting.Training;

/// <summary>How gates are trained. Of the paper (FiRST, arXiv 2410.12513) only one weight is known, that of the penalty; the rest is chosen here.</summary>
internal sealed record GateOptions
{
    /// <value>Passes over the texts. Default 6.</value>
    public int Epochs { get; init; } = 6;

    /// <value>Peak of the learning rate. Default 1e-2.</value>
    public float LearningRate { get; init; } = 1e-2f;

    /// <value>Weight of the sum of all gates in the loss. Default 0.01, the paper's.</value>
    public float Penalty { get; init; } = 0.01f;

    /// <value>Bias that a gate begins with: open to sigmoid of it. Default 2.</value>
    public float FirstBias { get; init; } = 2;

    /// <value>Rows of an update. Default 4.</value>
    public int Rows { get; init; } = 4;
}
