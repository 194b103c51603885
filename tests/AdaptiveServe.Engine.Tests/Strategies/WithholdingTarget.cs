using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;

namespace AdaptiveServe.Engine.Tests.Strategies;

/// <summary>
/// The small model is asked about each token, and the token before decides whether the large one gives it instead. Checks that it is asked once
/// for each.
/// </summary>
internal sealed class WithholdingTarget : ITargetStrategy, ITargetPolicy
{
    private int _last;
    private bool _asked, _withheld;

    public string Name => "withholding";

    public bool IsExact => false;

    public IReadOnlyList<ModelRole> Roles { get; } = [ModelRole.Small, ModelRole.Large];

    public ITargetPolicy CreatePolicy(Sequence sequence) => new WithholdingTarget();

    public TargetPlan Plan(Sequence sequence)
    {
        _last = sequence.Tokens[^1];
        return new TargetPlan(_withheld ? ModelRole.Large : ModelRole.Small);
    }

    public bool Withholds(in ModelView small)
    {
        Assert.False(_asked);
        _asked = true;
        return _withheld = SwitchingTarget.RoleAfter(_last) == ModelRole.Large;
    }

    public void Observe(in GeneratedToken token)
    {
        Assert.True(_asked);
        Assert.Equal(_withheld, token.Role == ModelRole.Large);
        _asked = _withheld = false;
    }
}
