using AdaptiveServe.Engine.Scheduling;

namespace AdaptiveServe.Engine.Execution;

/// <summary>The waist between the engine and the tensors: runs one forward pass of one model. Used by the engine thread only.</summary>
public interface IModelRunner : IDisposable
{
    /// <summary>What the loaded models are.</summary>
    ModelInfo Info { get; }

    /// <summary>Called once on the engine thread before the first step.</summary>
    void Start();

    /// <summary>
    /// Runs <paramref name="batch"/>'s tokens through its model, writes their keys and values into their blocks, and samples.
    /// </summary>
    /// <returns>The samples; the same object may be returned by every call.</returns>
    StepResult Execute(StepBatch batch);
}
