using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;

namespace AdaptiveServe.Engine.Tests.Strategies;

/// <summary>The token before decides which model gives the next one. Checks that it hears of every token.</summary>
internal sealed class SwitchingTarget : ITargetStrategy, ITargetPolicy
{
    private int _observed;

    public string Name => "switching";

    public bool IsExact => false;

    public IReadOnlyList<ModelRole> Roles { get; } = [ModelRole.Small, ModelRole.Large];

    public static ModelRole RoleAfter(int token) => token % 3 == 0 ? ModelRole.Small : ModelRole.Large;

    public ITargetPolicy CreatePolicy(Sequence sequence) => new SwitchingTarget();

    public TargetPlan Plan(Sequence sequence)
    {
        Assert.Equal(sequence.GeneratedCount, _observed);
        return new TargetPlan(RoleAfter(sequence.Tokens[^1]));
    }

    public void Observe(in GeneratedToken token) => _observed++;
}
