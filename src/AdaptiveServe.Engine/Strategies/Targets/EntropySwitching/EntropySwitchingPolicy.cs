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

    public bool NeedsAcceptance => _criterion.NeedsAcceptance;

    public TargetPlan Plan(Sequence sequence) => new(_active);

    public bool Withholds(in ModelView small)
    {
        if (!options.Replace || !(_criterion.With(small) > options.Threshold)) return false;
        Activate(ModelRole.Large);
        return true;
    }

    public void Observe(in GeneratedToken token)
    {
        double doubt = _criterion.Observe(ModelView.Of(token));
        _dwell++;
        if (_active == ModelRole.Small && options.Replace) return; // it was asked before
        if (_dwell < options.MinDwell) return;
        ModelRole wanted = doubt > Limit() ? ModelRole.Large : ModelRole.Small;
        if (wanted != _active) Activate(wanted);
    }

    private void Activate(ModelRole role)
    {
        _active = role;
        _dwell = 0;
    }

    /// <summary>Where tokens are replaced the small model is the judge: it gets the next one unless the request says otherwise.</summary>
    private double Limit()
    {
        if (_active == ModelRole.Small) return options.Threshold;
        return options.ThresholdDown ?? (options is { Replace: true, Threshold: >= 0 } ? double.PositiveInfinity : options.Threshold);
    }
}
