using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Training;

/// <summary>How a model is trained.</summary>
/// <param name="Name">Its folder.</param>
/// <param name="Config">Its final shape.</param>
/// <param name="Stages">The last one has the final depth.</param>
/// <param name="LearningRate">The peak.</param>
internal sealed record ModelRecipe(string Name, ModelConfig Config, IReadOnlyList<TrainingStage> Stages, float LearningRate)
{
    /// <summary>Chance of a layer to be left out of a forward, in the last stage (Fan et al. 2020), so that routes survive.</summary>
    public double LayerDrop { get; init; }

    /// <summary>Tokens between two updates.</summary>
    public int TokensPerStep { get; init; } = 8192;

    /// <summary>Tokens of one forward; what it makes should fit into the caches.</summary>
    public int TokensPerForward { get; init; } = 2048;

    /// <summary>Updates of a stage.</summary>
    public int Steps(int stage) => (int)Math.Max(1, Stages[stage].Tokens / TokensPerStep);

    /// <summary>Share of all work that is done, 0 to 1; a step's work is taken as proportional to the depth.</summary>
    public double Progress(int stage, int step)
    {
        double done = Enumerable.Range(0, stage).Sum(Work) + (double)step * Stages[stage].Layers;
        return done / Enumerable.Range(0, Stages.Count).Sum(Work);

        double Work(int index) => (double)Steps(index) * Stages[index].Layers;
    }
}
