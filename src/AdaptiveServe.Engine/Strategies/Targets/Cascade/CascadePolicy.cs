using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.Cascade.Rules;

namespace AdaptiveServe.Engine.Strategies.Targets.Cascade;

/// <summary>The rule of one sequence; it remembers nothing.</summary>
internal sealed class CascadePolicy(CascadeOptions options) : IMixturePolicy
{
    private readonly DeferralRule _rule = DeferralRule.Create(options);

    public TargetPlan Plan(Sequence sequence) => new(ModelRole.Large);

    public void Observe(in GeneratedToken token)
    {
    }

    public bool Defers(in ModelView small, in ModelView large) => _rule.Defers(small, large);
}
