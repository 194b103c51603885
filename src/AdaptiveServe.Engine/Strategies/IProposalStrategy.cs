using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies;

/// <summary>
/// Says who drafts tokens ahead and when a draft ends: the second axis. It never changes the sampled distribution, so any proposal
/// goes with any target.
/// </summary>
public interface IProposalStrategy
{
    /// <summary>The name that requests use.</summary>
    string Name { get; }

    /// <summary>Whether it works only with a small model.</summary>
    bool NeedsSmall { get; }

    /// <summary>Makes the policy of one sequence. Called by the submitting thread.</summary>
    IProposalPolicy CreatePolicy(Sequence sequence);
}
