using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies.Targets.SmallOnly;

/// <summary>Every token from the small model.</summary>
internal sealed class SmallOnlyStrategy : ITargetStrategy, ITargetPolicy
{
    public string Name => "small";

    public bool IsExact => false;

    public IReadOnlyList<ModelRole> Roles { get; } = [ModelRole.Small];

    public ITargetPolicy CreatePolicy(Sequence sequence) => this;

    public TargetPlan Plan(Sequence sequence) => new(ModelRole.Small);

    public void Observe(in GeneratedToken token)
    {
    }
}
