using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies.Targets.Controls;

/// <summary>
/// A control for comparisons, not a method: each segment is the large model's with a probability, whatever the text is. The choice follows
/// the sequence's seed.
/// </summary>
internal sealed class RandomSwitchingStrategy : ITargetStrategy
{
    public string Name => "random";

    public bool IsExact => false;

    public IReadOnlyList<ModelRole> Roles { get; } = [ModelRole.Small, ModelRole.Large];

    /// <exception cref="ArgumentException">The sequence's options are out of range.</exception>
    public ITargetPolicy CreatePolicy(Sequence sequence)
    {
        sequence.Control.Validate();
        return new Policy(sequence.Control, sequence.Sampling.Seed);
    }

    private sealed class Policy(ControlOptions options, ulong seed) : SegmentPolicy(options.Segment)
    {
        protected override bool IsLarge(int number) => Uniform((ulong)number) < options.Share;

        /// <summary>In [0, 1): the finaliser of SplitMix64 (Steele et al. 2014) on seed and number.</summary>
        private double Uniform(ulong number)
        {
            ulong bits = seed + (number + 1) * 0x9E3779B97F4A7C15;
            bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
            bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
            return ((bits ^ (bits >> 31)) >> 11) * (1.0 / (1UL << 53));
        }
    }
}
