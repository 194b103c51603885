using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Training;

/// <summary>How a model is trained.</summary>
/// <param name="Name">Its folder.</param>
/// <param name="Config">Its final shape.</param>
/// <param name="Stages">The last one has the final depth.</param>
/// <param name="LearningRate">The peak.</param>
internal sealed record ModelRecipe(string Name, ModelConfig Config, IReadOnlyList<TrainingStage> Stages, float LearningRate)
{
    /// <summary>Chance of a layer to be left out of a forward, in stages of the final depth (Fan et al. 2020), so that routes survive.</summary>
    public double LayerDrop { get; init; }

    /// <summary>Forwards between two updates.</summary>
    public int ForwardsPerStep { get; init; } = 2;

    /// <summary>Most tokens of one forward; what it makes should fit into the caches.</summary>
    public int TokensPerForward { get; init; } = 2048;

    public int RowsPerForward(int stage) => Math.Max(1, TokensPerForward / Stages[stage].RowLength);

    public int TokensPerStep(int stage) => ForwardsPerStep * RowsPerForward(stage) * Stages[stage].RowLength;

    /// <summary>Updates of a stage.</summary>
    public int Steps(int stage) => (int)Math.Max(1, Stages[stage].Tokens / TokensPerStep(stage));

    /// <summary>Tokens of the stages before and of that many updates in this one.</summary>
    public long Tokens(int stage, int step) =>
        Enumerable.Range(0, stage).Sum(before => (long)Steps(before) * TokensPerStep(before)) + (long)step * TokensPerStep(stage);

    /// <summary>Share of all work that is done, 0 to 1; work is taken as proportional to tokens and depth.</summary>
    public double Progress(int stage, int step)
    {
        double done = Enumerable.Range(0, stage).Sum(Work) + (double)step * TokensPerStep(stage) * Stages[stage].Layers;
        return done / Enumerable.Range(0, Stages.Count).Sum(Work);

        double Work(int index) => (double)Steps(index) * TokensPerStep(index) * Stages[index].Layers;
    }
}
