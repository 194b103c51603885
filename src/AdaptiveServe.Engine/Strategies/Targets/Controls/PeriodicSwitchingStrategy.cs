using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies.Targets.Controls;

/// <summary>
/// A control for comparisons, not a method: the large model gives its share of the segments, as evenly spread as they can be. What a
/// method gains over this it gains by where it switches.
/// </summary>
internal sealed class PeriodicSwitchingStrategy : ITargetStrategy
{
    public string Name => "periodic";

    public bool IsExact => false;

    public IReadOnlyList<ModelRole> Roles { get; } = [ModelRole.Small, ModelRole.Large];

    /// <exception cref="ArgumentException">The sequence's options are out of range.</exception>
    public ITargetPolicy CreatePolicy(Sequence sequence)
    {
        sequence.Control.Validate();
        return new Policy(sequence.Control);
    }

    private sealed class Policy(ControlOptions options) : SegmentPolicy(options.Segment)
    {
        /// <summary>Where another whole segment of the large model is due.</summary>
        protected override bool IsLarge(int number) => Math.Floor((number + 1) * options.Share) > Math.Floor(number * options.Share);
    }
}
