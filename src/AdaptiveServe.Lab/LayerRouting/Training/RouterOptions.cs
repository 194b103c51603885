namespace AdaptiveServe.Lab.LayerRouting.Training;

/// <summary>How routers of three classes are trained; the defaults are the paper's (Dr.LLM, arXiv 2510.12773).</summary>
internal sealed record RouterOptions
{
    /// <value>Passes over the prompts. Default 25; the weights of the best one are kept.</value>
    public int Epochs { get; init; } = 25;

    /// <value>Prompts of an update. Default 16.</value>
    public int BatchSize { get; init; } = 16;

    /// <value>Peak of the learning rate. Default 1e-3.</value>
    public float LearningRate { get; init; } = 1e-3f;

    /// <value>Decay of the weights. Default 0.01.</value>
    public float WeightDecay { get; init; } = 0.01f;

    /// <value>Exponent of the focal loss (Lin et al. 2017). Default 2.</value>
    public float Focus { get; init; } = 2;

    /// <value>Beta of the effective numbers that weigh the classes (Cui et al. 2019). Default 0.999.</value>
    public double Beta { get; init; } = 0.999;
}
