using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching.Criteria;

namespace AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;

/// <summary>The state of one sequence: the active model, how long it has been active, and how unsure the last tokens were.</summary>
internal sealed class EntropySwitchingPolicy(EntropySwitchingOptions options) : ITargetPolicy
{
    private readonly SwitchCriterion _criterion = SwitchCriterion.Create(options.Criterion, options.Window);
    private ModelRole _active = options.Threshold < 0 ? ModelRole.Large : ModelRole.Small;
    private int _dwell;

    public bool NeedsMargin => _criterion.NeedsMargin;

    public TargetPlan Plan(Sequence sequence) => new(_active);

    public void Observe(in GeneratedToken token)
    {
        double doubt = _criterion.Observe(token);
        _dwell++;
        if (_dwell < options.MinDwell) return;
        ModelRole wanted = doubt > Limit() ? ModelRole.Large : ModelRole.Small;
        if (wanted == _active) return;
        _active = wanted;
        _dwell = 0;
    }

    private double Limit() => _active == ModelRole.Large ? options.ThresholdDown ?? options.Threshold : options.Threshold;
}
