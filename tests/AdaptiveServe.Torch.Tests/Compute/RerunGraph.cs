using AdaptiveServe.Torch.Compute.LibTorch;

namespace AdaptiveServe.Torch.Tests.Compute;

/// <summary>In the place of a CUDA graph: its operations are run again, and see nothing but what they read from tensors that stay.</summary>
internal sealed class RerunGraph : IStepGraph
{
    private Action? _operations;

    public int Replays { get; private set; }

    public void Capture(Action operations)
    {
        _operations = operations;
        operations();
        operations();
    }

    public void Replay()
    {
        Replays++;
        _operations!();
    }

    public void Dispose()
    {
    }
}
