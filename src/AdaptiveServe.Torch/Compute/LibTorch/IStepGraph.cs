namespace AdaptiveServe.Torch.Compute.LibTorch;

/// <summary>Operations that were recorded once, to be run again on whatever their inputs hold then.</summary>
internal interface IStepGraph : IDisposable
{
    /// <summary>Runs the operations to warm up what they set up at their first use, and records them. Once.</summary>
    /// <exception cref="InvalidOperationException">They cannot be recorded. The object is of no use then.</exception>
    void Capture(Action operations);

    /// <summary>Runs what was recorded, after what was asked of the device before.</summary>
    void Replay();
}
