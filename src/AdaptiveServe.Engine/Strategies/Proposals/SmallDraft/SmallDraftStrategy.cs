using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies.Proposals.SmallDraft;

/// <summary>
/// The small model drafts its most likely tokens (Leviathan et al. 2023; Chen et al. 2023), for as long as a stop rule lets it.
/// </summary>
internal sealed class SmallDraftStrategy : IProposalStrategy
{
    public string Name => "small";

    public bool NeedsSmall => true;

    /// <exception cref="ArgumentException">The sequence's options are out of range.</exception>
    public IProposalPolicy CreatePolicy(Sequence sequence)
    {
        sequence.Speculation.Validate();
        return new SmallDraftPolicy(sequence.Speculation);
    }
}
