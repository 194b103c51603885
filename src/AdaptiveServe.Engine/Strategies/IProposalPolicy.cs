using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies;

/// <summary>Decides for one sequence how many tokens are drafted before the large model checks them. Used by the engine thread only.</summary>
/// <remarks>
/// A rule may look at anything but has no way to take back a token that was drawn: discarding a token because of its own probability
/// would change the sampled distribution.
/// </remarks>
public interface IProposalPolicy
{
    /// <summary>Asked when a draft may begin. Cheap and without side effects.</summary>
    DraftPlan Plan(Sequence sequence, in StepLoad load);

    /// <summary>Drafts at once; asked only after a plan for <see cref="Drafter.Policy"/> or <see cref="Drafter.Tree"/>.</summary>
    /// <param name="sequence">What the draft follows.</param>
    /// <param name="tree">Gets the tokens.</param>
    void Draft(Sequence sequence, DraftTree tree)
    {
    }

    /// <summary>How many of the most likely next tokens it wants to be told after each token that the large model runs over.</summary>
    int WantedSuccessors => 0;

    /// <summary>Told, for every token that the large model sampled after, refused drafts too.</summary>
    /// <param name="token">The token.</param>
    /// <param name="successors">The most likely next ones by the raw distribution, best first.</param>
    void ObserveSuccessors(int token, ReadOnlySpan<int> successors)
    {
    }

    /// <summary>Asked after each drafted token: one more?</summary>
    bool ShouldContinue(in DraftState state);

    /// <summary>Told what verification made of a draft.</summary>
    void Observe(in DraftOutcome outcome);
}
