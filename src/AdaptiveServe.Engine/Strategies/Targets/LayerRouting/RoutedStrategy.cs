using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies.Targets.LayerRouting;

/// <summary>Every token from the large model along a route through its layers that is chosen once for each sequence.</summary>
internal sealed class RoutedStrategy : ITargetStrategy, ITargetPolicy
{
    public string Name => "routed";

    public bool IsExact => false;

    public IReadOnlyList<ModelRole> Roles { get; } = [ModelRole.Large];

    /// <exception cref="ArgumentException">The options are out of range, or ask for what the model has not.</exception>
    public LayerRoute? ChooseRoute(Sequence sequence, ModelInfo info)
    {
        sequence.Routing.Validate();
        return sequence.Routing.Layers is { } layers
            ? new LayerRoute(layers, info.LargeLayers, info.LargeRepeats)
            : LayerRouters.Get(sequence.Routing.Router).Choose(sequence, info);
    }

    public ITargetPolicy CreatePolicy(Sequence sequence) => this;

    public TargetPlan Plan(Sequence sequence) => new(ModelRole.Large);

    public void Observe(in GeneratedToken token)
    {
    }
}
