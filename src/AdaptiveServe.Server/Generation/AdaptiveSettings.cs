using AdaptiveServe.Engine.Strategies;

namespace AdaptiveServe.Server.Generation;

/// <summary>How a request wants to be computed.</summary>
internal sealed record AdaptiveSettings
{
    /// <value>Name of the target strategy. Default <c>large</c>.</value>
    public string Target { get; init; } = "large";

    /// <value>Name of the proposal strategy. Default <c>none</c>.</value>
    public string Proposal { get; init; } = "none";

    /// <value>Refuse whatever would not sample the large model's own distribution. Default false.</value>
    public bool Exact { get; init; }

    /// <summary>True when the target samples the large model's own distribution.</summary>
    public bool IsExact => StrategyRegistry.BuiltIn.TryGetTarget(Target, out ITargetStrategy? strategy) && strategy.IsExact;

    /// <value>Report each token's role, entropy and layers. Default false.</value>
    public bool Trace { get; init; }
}
