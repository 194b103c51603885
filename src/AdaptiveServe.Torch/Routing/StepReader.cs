using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Torch.Models;

namespace AdaptiveServe.Torch.Routing;

/// <summary>All who look on while the large model runs a batch. Reused by every step.</summary>
internal sealed class StepReader(IReadOnlyList<IPromptRouter> routers, ModelInfo info) : IHiddenReader
{
    private readonly PromptReader _prompts = new(routers, info);
    private readonly VoidTracer _voids = new();
    private bool _readsPrompts, _tracesVoids;

    /// <returns>False when there is nothing to look at.</returns>
    public bool Begin(StepBatch batch)
    {
        (_readsPrompts, _tracesVoids) = (_prompts.Begin(batch), _voids.Begin(batch));
        return _readsPrompts || _tracesVoids;
    }

    public void Read(int depth, Decoder decoder)
    {
        if (_readsPrompts) _prompts.Read(depth, decoder);
        if (_tracesVoids) _voids.Read(depth, decoder);
    }

    /// <summary>Says what was seen.</summary>
    public void Report(StepResult result)
    {
        if (_readsPrompts) _prompts.Decide(result);
        if (_tracesVoids) _voids.Report(result);
    }
}
