using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Engine.Strategies.Targets.Cascade;
using AdaptiveServe.Engine.Strategies.Targets.Controls;
using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;
using AdaptiveServe.Torch.Adaptive;

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

    /// <value>Of the target <c>routed</c>; other targets do not look at it.</value>
    public RoutingOptions Routing { get; init; } = new();

    /// <value>Of the target <c>cascade</c>; other targets do not look at it.</value>
    public CascadeOptions Cascade { get; init; } = new();

    /// <value>Of the targets <c>random</c> and <c>periodic</c>; other targets do not look at it.</value>
    public ControlOptions Control { get; init; } = new();

    /// <value>Of the proposals; without one nobody looks at it.</value>
    public SpeculationOptions Speculation { get; init; } = new();

    /// <value>What a request for a quality was given; null where it asked for none.</value>
    public CalibrationPoint? Picked { get; init; }

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

    /// <summary>True when layers are left out by their rank.</summary>
    public bool NeedsRanking => RoutesByRank || Proposal == "self";

    /// <summary>True when the target leaves layers out by their rank.</summary>
    public bool RoutesByRank => Target == "routed" && Routing is { Layers: null, Router: "static", Budget: < 1 };

    /// <summary>True when the target brings its drafter, and the proposal names another.</summary>
    public bool HasForeignDrafter =>
        StrategyRegistry.BuiltIn.TryGetTarget(Target, out ITargetStrategy? target) && target.IsDraftedBySmall
        && StrategyRegistry.BuiltIn.TryGetProposal(Proposal, out IProposalStrategy? proposal) && proposal is { NeedsSmall: false };

    /// <value>Report each token's role, entropy and layers. Default false.</value>
    public bool Trace { get; init; }

    /// <summary>Whether the trace says which layers were void for each token.</summary>
    public bool TracesVoids => Trace && Target == "routed" && Routing is { Layers: null, Router: PromptRouters.Lac };
}
