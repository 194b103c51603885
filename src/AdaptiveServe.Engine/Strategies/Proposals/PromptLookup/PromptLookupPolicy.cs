using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Proposals.StopRules;

namespace AdaptiveServe.Engine.Strategies.Proposals.PromptLookup;

/// <summary>The drafts of one sequence. Rules that ask a drafter how sure it is have nothing to ask here, and every draft is as long as allowed.</summary>
internal sealed class PromptLookupPolicy(SpeculationOptions options) : IProposalPolicy
{
    private const int MinMatch = 2, MaxMatch = 4;

    private readonly NGramIndex _index = new(MinMatch, MaxMatch);
    private readonly StopRule _rule = StopRule.Create(options);

    public DraftPlan Plan(Sequence sequence, in StepLoad load) => new(Drafter.Policy, _rule.Limit(options.MaxDraft));

    public void Draft(Sequence sequence, DraftTree tree)
    {
        ReadOnlySpan<int> tokens = sequence.Tokens;
        int found = _index.Find(tokens), last = DraftTree.Root;
        if (found < 0) return;
        while (found < tokens.Length && tree.TryAdd(last, tokens[found++], out last))
        {
        }
    }

    public bool ShouldContinue(in DraftState state) => true;

    public void Observe(in DraftOutcome outcome) => _rule.Observe(outcome);
}
