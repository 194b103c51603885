using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;

namespace AdaptiveServe.Server.Generation;

/// <summary>How a request wants to be computed.</summary>
internal sealed record AdaptiveSettings
{
    /// <value>Name of the target strategy. Default <c>large</c>.</value>
    public string Target { get; init; } = "large";

    /// <value>Name of the proposal strategy. Default <c>none</c>.</value>
    public string Proposal { get; init; } = StrategyRegistry.NoProposal;

    /// <value>Of the target <c>entropy</c>; other targets do not look at it.</value>
    public EntropySwitchingOptions Entropy { get; init; } = new();

    /// <value>Of the proposals; without one nobody looks at it.</value>
    public SpeculationOptions Speculation { get; init; } = new();

    /// <value>Refuse whatever would not sample the large model's own distribution. Default false.</value>
    public bool Exact { get; init; }

    /// <summary>True when the engine has both strategies.</summary>
    public bool IsBuilt => StrategyRegistry.BuiltIn.TryGetTarget(Target, out _) && StrategyRegistry.BuiltIn.TryGetProposal(Proposal, out _);

    /// <summary>True when the target samples the large model's own distribution.</summary>
    public bool IsExact => StrategyRegistry.BuiltIn.TryGetTarget(Target, out ITargetStrategy? strategy) && strategy.IsExact;

    /// <summary>True when the target may run on the small model.</summary>
    public bool TargetNeedsSmall =>
        StrategyRegistry.BuiltIn.TryGetTarget(Target, out ITargetStrategy? strategy) && strategy.Roles.Contains(ModelRole.Small);

    /// <summary>True when the small model drafts.</summary>
    public bool ProposalNeedsSmall =>
        StrategyRegistry.BuiltIn.TryGetProposal(Proposal, out IProposalStrategy? strategy) && strategy is { NeedsSmall: true };

    /// <value>Report each token's role, entropy and layers. Default false.</value>
    public bool Trace { get; init; }
}
