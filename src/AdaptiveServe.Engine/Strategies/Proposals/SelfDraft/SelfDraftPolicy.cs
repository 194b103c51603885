using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Proposals.StopRules;

namespace AdaptiveServe.Engine.Strategies.Proposals.SelfDraft;

/// <summary>The drafts of one sequence.</summary>
internal sealed class SelfDraftPolicy(SpeculationOptions options) : IProposalPolicy
{
    private readonly StopRule _rule = StopRule.Create(options);

    public DraftPlan Plan(Sequence sequence, in StepLoad load) => new(Drafter.Self, _rule.Limit(options.MaxDraft));

    public bool ShouldContinue(in DraftState state) => state.Drafted < options.MinDraft || _rule.ShouldContinue(state);

    public void Observe(in DraftOutcome outcome) => _rule.Observe(outcome);
}
