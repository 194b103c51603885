using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies.Proposals.PromptLookup;

/// <summary>
/// Drafts without a model (prompt lookup, Saxena 2023): what followed the last tokens when they occurred before in the same sequence, prompt
/// or output. The longest run of tokens that occurred before counts, and its latest occurrence.
/// </summary>
internal sealed class PromptLookupStrategy : IProposalStrategy
{
    public string Name => "ngram";

    public bool NeedsSmall => false;

    /// <exception cref="ArgumentException">The sequence's options are out of range.</exception>
    public IProposalPolicy CreatePolicy(Sequence sequence)
    {
        sequence.Speculation.Validate();
        return new PromptLookupPolicy(sequence.Speculation);
    }
}
