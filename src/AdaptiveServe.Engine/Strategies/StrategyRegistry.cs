using System.Collections.Frozen;
using AdaptiveServe.Engine.Strategies.Proposals.PromptLookup;
using AdaptiveServe.Engine.Strategies.Proposals.SelfDraft;
using AdaptiveServe.Engine.Strategies.Proposals.SmallDraft;
using AdaptiveServe.Engine.Strategies.Proposals.TokenRecycling;
using AdaptiveServe.Engine.Strategies.Proposals.TrigramSearch;
using AdaptiveServe.Engine.Strategies.Targets.Cascade;
using AdaptiveServe.Engine.Strategies.Targets.Controls;
using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;
using AdaptiveServe.Engine.Strategies.Targets.LargeOnly;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;
using AdaptiveServe.Engine.Strategies.Targets.SmallOnly;

namespace AdaptiveServe.Engine.Strategies;

/// <summary>Finds strategies by the names that requests use.</summary>
public sealed class StrategyRegistry
{
    /// <summary>The proposal name that means: no drafts.</summary>
    public const string NoProposal = "none";

    private readonly FrozenDictionary<string, ITargetStrategy> _targets;
    private readonly FrozenDictionary<string, IProposalStrategy> _proposals;

    /// <exception cref="ArgumentException">Two strategies have the same name.</exception>
    public StrategyRegistry(IEnumerable<ITargetStrategy> targets, IEnumerable<IProposalStrategy> proposals)
    {
        _targets = targets.ToDictionary(strategy => strategy.Name).ToFrozenDictionary();
        _proposals = proposals.ToDictionary(strategy => strategy.Name).ToFrozenDictionary();
    }

    /// <summary>The strategies that come with the engine, sharing nothing between sequences.</summary>
    public static StrategyRegistry BuiltIn { get; } = Create();

    /// <summary>The strategies that come with the engine: a new one is a folder beside theirs and a line here.</summary>
    /// <param name="shareDraftStatistics">
    /// Whether drafters that learn from what is generated learn from all sequences and not from their own alone. It changes speed only; but
    /// what others asked then shows in the speed of an answer.
    /// </param>
    public static StrategyRegistry Create(bool shareDraftStatistics = false) => new(
        [
            new LargeOnlyStrategy(), new SmallOnlyStrategy(), new EntropySwitchingStrategy(), new CascadeStrategy(),
            new RandomSwitchingStrategy(), new PeriodicSwitchingStrategy(), new RoutedStrategy(),
        ],
        [
            new SmallDraftStrategy(), new PromptLookupStrategy(), new SelfDraftStrategy(),
            new TokenRecyclingStrategy(shareDraftStatistics ? new SuccessorTable() : null),
            new TrigramStrategy(shareDraftStatistics ? new TrigramStore() : null),
        ]);

    /// <summary>These strategies and one more.</summary>
    /// <exception cref="ArgumentException">There is one of that name.</exception>
    public StrategyRegistry With(IProposalStrategy proposal) => new(_targets.Values, [.. _proposals.Values, proposal]);

    public IReadOnlyCollection<string> TargetNames => _targets.Keys;

    public IReadOnlyCollection<string> ProposalNames => [NoProposal, .. _proposals.Keys];

    public bool TryGetTarget(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ITargetStrategy? strategy) =>
        _targets.TryGetValue(name, out strategy);

    /// <summary>False for an unknown name; a null strategy for <see cref="NoProposal"/>.</summary>
    public bool TryGetProposal(string name, out IProposalStrategy? strategy)
    {
        strategy = null;
        return name == NoProposal || _proposals.TryGetValue(name, out strategy);
    }
}
