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

    /// <summary>Drafts at once; asked only after a plan for <see cref="Drafter.Policy"/>.</summary>
    /// <param name="sequence">What the draft follows.</param>
    /// <param name="destination">Gets the tokens, in order.</param>
    /// <returns>How many they are.</returns>
    int Draft(Sequence sequence, Span<int> destination) => 0;

    /// <summary>Asked after each drafted token: one more?</summary>
    bool ShouldContinue(in DraftState state);

    /// <summary>Told what verification made of a draft.</summary>
    void Observe(in DraftOutcome outcome);
}
