using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;

namespace AdaptiveServe.Engine.Tests.Strategies;

/// <summary>The first tokens from the small model, the others from the large one.</summary>
internal sealed class TurnsTarget(int smallTokens) : ITargetPolicy
{
    public int SmallTokens => smallTokens;

    /// <summary>Which model gives the next token, to be asked once for each.</summary>
    public static Func<int, ModelRole> RoleByTurns(int smallTokens) => _ => smallTokens-- > 0 ? ModelRole.Small : ModelRole.Large;

    public TargetPlan Plan(Sequence sequence) => new(sequence.GeneratedCount < smallTokens ? ModelRole.Small : ModelRole.Large);

    public void Observe(in GeneratedToken token)
    {
    }
}
