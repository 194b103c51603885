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
        RoutingOptions routing = sequence.Routing;
        routing.Validate();
        if (routing.Layers is { } layers) return new LayerRoute(layers, info.LargeLayers, info.LargeRepeats);
        if (!routing.ReadsPrompt) return LayerRouters.Get(routing.Router).Choose(sequence, info);
        return PromptRouters.WhatIsMissing(routing.Router, info) is { } lack ? throw new ArgumentException($"The router '{routing.Router}' {lack}.") : null;
    }

    public bool ReadsPrompt(Sequence sequence) => sequence.Routing.ReadsPrompt;

    public ITargetPolicy CreatePolicy(Sequence sequence) => this;

    public TargetPlan Plan(Sequence sequence) => new(ModelRole.Large);

    public void Observe(in GeneratedToken token)
    {
    }
}
