namespace AdaptiveServe.Lab.LayerRouting.Training;

/// <summary>How a low-rank adapter is trained behind gates. The paper (FiRST, arXiv 2410.12513) has none of these numbers; they are chosen here.</summary>
internal sealed record AdapterOptions
{
    /// <value>Of the factors; alpha is twice the rank. Default 8.</value>
    public int Rank { get; init; } = 8;

    /// <value>Passes over the texts. Default 6.</value>
    public int Epochs { get; init; } = 6;

    /// <value>Peak of the learning rate. Default 4e-4.</value>
    public float LearningRate { get; init; } = 4e-4f;

    /// <value>Share of the texts that run all layers. Default 0.25.</value>
    public double WholeShare { get; init; } = 0.25;

    /// <value>The other texts have budgets from this one to 1, all as likely. Default 0.6.</value>
    public double LeastBudget { get; init; } = 0.6;

    /// <value>Weight of the whole model's probabilities in the loss; the rest is of the reply's own tokens. Default 1.</value>
    public float Distillation { get; init; } = 1;

    /// <value>Rows of an update. Default 4.</value>
    public int Rows { get; init; } = 4;
}
