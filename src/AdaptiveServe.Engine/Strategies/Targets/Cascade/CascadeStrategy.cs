using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies.Targets.Cascade;

/// <summary>
/// Speculative cascade (Narasimhan et al. 2025, arXiv 2405.19261): the small model drafts, and a rule on both distributions decides at
/// each position whose token stands. What is sampled is that mixture, exactly, however long the drafts are.
/// </summary>
/// <remarks>
/// The large model runs over every token, as in speculative decoding; what is saved is its forwards, and more of them than exact
/// speculation saves, because the rule forgives differences. Entropy switching saves the runs and not only the forwards.
/// </remarks>
internal sealed class CascadeStrategy : ITargetStrategy
{
    public string Name => "cascade";

    public bool IsExact => false;

    public bool IsDraftedBySmall => true;

    public IReadOnlyList<ModelRole> Roles { get; } = [ModelRole.Small, ModelRole.Large];

    /// <exception cref="ArgumentException">The sequence's options are out of range.</exception>
    public ITargetPolicy CreatePolicy(Sequence sequence)
    {
        sequence.Cascade.Validate();
        return new CascadePolicy(sequence.Cascade);
    }
}
