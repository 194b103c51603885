namespace AdaptiveServe.Lab.Training.Optimization;

/// <summary>A short linear rise, then half a cosine down to a share of the peak.</summary>
/// <param name="Peak">The largest rate.</param>
/// <param name="Warmup">Share of the work in which it rises.</param>
/// <param name="Floor">Share of the peak at the end.</param>
internal sealed record LearningRate(float Peak, float Warmup = 0.03f, float Floor = 0.02f)
{
    /// <param name="progress">Share of the work that is done, 0 to 1.</param>
    public float At(double progress)
    {
        if (progress < Warmup) return (float)(Peak * (progress + 1e-3) / (Warmup + 1e-3));
        double rest = (progress - Warmup) / (1 - Warmup);
        return (float)(Peak * (Floor + (1 - Floor) * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, rest)))));
    }
}
