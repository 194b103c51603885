using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;

namespace AdaptiveServe.Engine.Tests.Strategies;

/// <summary>A defect: a policy that throws.</summary>
internal sealed class BrokenTarget : ITargetStrategy, ITargetPolicy
{
    public string Name => "broken";

    public bool IsExact => false;

    public IReadOnlyList<ModelRole> Roles { get; } = [ModelRole.Large];

    public ITargetPolicy CreatePolicy(Sequence sequence) => this;

    public TargetPlan Plan(Sequence sequence) => throw new NotSupportedException();

    public void Observe(in GeneratedToken token) => throw new NotSupportedException();
}
