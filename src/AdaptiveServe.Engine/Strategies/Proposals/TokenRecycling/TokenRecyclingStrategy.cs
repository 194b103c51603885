using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies.Proposals.TokenRecycling;

/// <summary>
/// Drafts a tree without a model: what the large model itself held likely after the same tokens before, in this answer or in drafts of it
/// that were refused (Luo et al. 2024, arXiv 2408.08696).
/// </summary>
/// <remarks>
/// The published tree has one shape; this one has the tokens that are most probably accepted, by how often the model's choice was found at
/// each rank so far.
/// </remarks>
/// <param name="shared">What all sequences learn from and draw on; null for one of each sequence's own.</param>
internal sealed class TokenRecyclingStrategy(SuccessorTable? shared = null) : IProposalStrategy
{
    public string Name => "recycling";

    public bool NeedsSmall => false;

    /// <exception cref="ArgumentException">The sequence's options are out of range.</exception>
    public IProposalPolicy CreatePolicy(Sequence sequence)
    {
        sequence.Speculation.Validate();
        return new TokenRecyclingPolicy(sequence.Speculation, shared ?? new SuccessorTable());
    }
}
