namespace AdaptiveServe.Lab.Training.Demo;

/// <summary>What differs between the models of a preset.</summary>
/// <param name="Hidden">Width of the residual stream.</param>
/// <param name="Intermediate">Width of the gated MLP.</param>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Key and value heads.</param>
/// <param name="LearningRate">The peak.</param>
/// <param name="LayerDrop">Chance of a layer to be left out at the full depth.</param>
/// <param name="Stages">The last one has the full depth.</param>
internal sealed record DemoModelShape(
    int Hidden, int Intermediate, int Heads, int KeyValueHeads, float LearningRate, double LayerDrop, params TrainingStage[] Stages);
