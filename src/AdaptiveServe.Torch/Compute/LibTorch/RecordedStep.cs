using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Compute.LibTorch;

/// <summary>A recorded forward over single tokens: what it reads, and what it leaves.</summary>
/// <param name="Shape">How many tokens, and how long a sequence may be.</param>
/// <param name="Graph">The record.</param>
/// <param name="Indices">What it reads.</param>
/// <param name="Output">What it leaves: [tokens, hidden size].</param>
internal sealed record RecordedStep(StepShape Shape, IStepGraph Graph, StepIndices Indices, Tensor Output) : IDisposable
{
    public void Dispose()
    {
        Graph.Dispose();
        Indices.Dispose();
        Output.Dispose();
    }
}
