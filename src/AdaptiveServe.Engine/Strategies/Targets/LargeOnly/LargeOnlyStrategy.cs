using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies.Targets.LargeOnly;

/// <summary>Every token from the large model: the plain path that all others are compared with.</summary>
internal sealed class LargeOnlyStrategy : ITargetStrategy, ITargetPolicy
{
    public string Name => "large";

    public bool IsExact => true;

    public IReadOnlyList<ModelRole> Roles { get; } = [ModelRole.Large];

    public ITargetPolicy CreatePolicy(Sequence sequence) => this;

    public TargetPlan Plan(Sequence sequence) => new(ModelRole.Large);

    public void Observe(in GeneratedToken token)
    {
    }
}
