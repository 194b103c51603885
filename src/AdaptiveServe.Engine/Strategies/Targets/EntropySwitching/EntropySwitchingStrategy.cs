using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;

/// <summary>
/// Entropy-adaptive decoding (Simonds 2025, arXiv 2502.06833): the small model speaks while it is sure, the large one takes over where the
/// mean entropy of the last tokens exceeds a threshold, and gives back where it falls.
/// </summary>
/// <remarks>
/// With <see cref="EntropySwitchingOptions.Replace"/> the doubtful token itself is the large model's, as in routing of single tokens (R2R,
/// Fu et al. 2025, arXiv 2505.21600). Other criteria than the entropy go by name (<see cref="EntropySwitchingOptions.Criterion"/>). All look
/// at the active model's raw distribution, before temperature, masks and penalties. The small model begins, unless the threshold is negative.
/// Tokens that were published are never taken back; the model that takes over first runs over those it has not seen.
/// </remarks>
internal sealed class EntropySwitchingStrategy : ITargetStrategy
{
    public string Name => "entropy";

    public bool IsExact => false;

    public IReadOnlyList<ModelRole> Roles { get; } = [ModelRole.Small, ModelRole.Large];

    /// <exception cref="ArgumentException">The sequence's options are out of range.</exception>
    public ITargetPolicy CreatePolicy(Sequence sequence)
    {
        sequence.EntropySwitching.Validate();
        return new EntropySwitchingPolicy(sequence.EntropySwitching);
    }
}
