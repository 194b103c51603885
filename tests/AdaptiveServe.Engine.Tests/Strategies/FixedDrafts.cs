using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;

namespace AdaptiveServe.Engine.Tests.Strategies;

/// <summary>Drafts of one length, or of lengths that look random, with the small model or another drafter. Checks what it is told.</summary>
internal sealed class FixedDrafts(int maxTokens, bool random = false, Drafter drafter = Drafter.Small) : IProposalStrategy, IProposalPolicy
{
    private int _limit, _drafted;

    public string Name => "fixed";

    public bool NeedsSmall => true;

    /// <summary>What verification made of each draft.</summary>
    public List<DraftOutcome> Outcomes { get; } = [];

    public StepLoad LastLoad { get; private set; }

    /// <summary>How often it was asked for a plan.</summary>
    public int Plans { get; private set; }

    public IProposalPolicy CreatePolicy(Sequence sequence) => new FixedDrafts(maxTokens, random, drafter);

    public DraftPlan Plan(Sequence sequence, in StepLoad load)
    {
        LastLoad = load;
        Plans++;
        _limit = random ? sequence.Count * 7 % (maxTokens + 1) : maxTokens;
        return _limit == 0 ? DraftPlan.None : new DraftPlan(drafter, random ? maxTokens : _limit);
    }

    public bool ShouldContinue(in DraftState state)
    {
        _drafted = state.Drafted;
        return state.Drafted < _limit;
    }

    public void Observe(in DraftOutcome outcome)
    {
        Assert.InRange(outcome.Drafted, 1, Math.Min(_limit, _drafted));
        Assert.InRange(outcome.Accepted, 0, outcome.Drafted);
        Outcomes.Add(outcome);
    }
}
