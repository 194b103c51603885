namespace AdaptiveServe.Lab.Training;

/// <summary>Who learns how a training goes. Called on the training's thread.</summary>
internal interface ITrainingReport
{
    void Step(ModelRecipe recipe, TrainingState state, float loss);

    /// <summary>The state was saved.</summary>
    void Checkpoint(ModelRecipe recipe, TrainingState state);
}
