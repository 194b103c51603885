using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies.Proposals.TrigramSearch;

/// <summary>
/// Drafts a tree without a model: a search through the trigrams of the prompt and of the answer so far, whose weights follow the answer
/// (ADED, Liu et al. 2024, arXiv 2407.12021).
/// </summary>
/// <remarks>The published method draws a sample for each path, which is biased; here verification walks the tree with one sample at each place.</remarks>
/// <param name="shared">What all sequences learn from and draw on; null for one of each sequence's own.</param>
internal sealed class TrigramStrategy(TrigramStore? shared = null) : IProposalStrategy
{
    public string Name => "trigram";

    public bool NeedsSmall => false;

    /// <exception cref="ArgumentException">The sequence's options are out of range.</exception>
    public IProposalPolicy CreatePolicy(Sequence sequence)
    {
        sequence.Speculation.Validate();
        return new TrigramPolicy(sequence.Speculation, shared ?? new TrigramStore());
    }
}
