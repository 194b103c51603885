using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies.Targets.LayerRouting;

/// <summary>Chooses the layers that a sequence runs, before it runs.</summary>
internal interface ILayerRouter
{
    /// <summary>The name that requests use.</summary>
    string Name { get; }

    /// <exception cref="ArgumentException">The model lacks what the router goes by.</exception>
    LayerRoute Choose(Sequence sequence, ModelInfo info);
}
