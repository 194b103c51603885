using AdaptiveServe.Engine.Execution;
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

    /// <summary>
    /// The layers that the large model drafts with, where it drafts; a part of those that the sequence runs. Called by the submitting thread.
    /// </summary>
    /// <param name="sequence">Whose drafts, with its route.</param>
    /// <param name="info">The models.</param>
    /// <exception cref="ArgumentException">The model lacks what the choice goes by.</exception>
    LayerRoute? ChooseDraftRoute(Sequence sequence, ModelInfo info) => null;

    /// <summary>Makes the policy of one sequence. Called by the submitting thread.</summary>
    IProposalPolicy CreatePolicy(Sequence sequence);
}
