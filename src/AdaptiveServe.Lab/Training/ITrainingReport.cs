namespace AdaptiveServe.Lab.Training;

/// <summary>Who learns how a training goes. Called on the training's thread.</summary>
internal interface ITrainingReport
{
    /// <param name="recipe">What is trained.</param>
    /// <param name="state">After the step.</param>
    /// <param name="loss">Mean cross-entropy of the step, in nats.</param>
    void Step(ModelRecipe recipe, TrainingState state, float loss);

    /// <summary>The state was saved; the time until this returns is not counted as training.</summary>
    void Checkpoint(ModelRecipe recipe, TrainingState state);
}
