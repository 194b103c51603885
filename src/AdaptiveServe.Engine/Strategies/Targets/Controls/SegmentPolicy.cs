using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies.Targets.Controls;

/// <summary>Segments of one length, each from one model; which one depends on the segment's number only, and not on the text.</summary>
internal abstract class SegmentPolicy(int segment) : ITargetPolicy
{
    private int _given;

    public TargetPlan Plan(Sequence sequence) => new(IsLarge(_given / segment) ? ModelRole.Large : ModelRole.Small);

    public void Observe(in GeneratedToken token) => _given++;

    protected abstract bool IsLarge(int number);
}
