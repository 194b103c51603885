using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;

/// <summary>The state of one sequence: the active model, how long it has been active, and the latest entropies.</summary>
internal sealed class EntropySwitchingPolicy(EntropySwitchingOptions options) : ITargetPolicy
{
    private readonly double[] _entropies = new double[options.Window];
    private ModelRole _active = options.Threshold < 0 ? ModelRole.Large : ModelRole.Small;
    private int _seen, _dwell;

    public TargetPlan Plan(Sequence sequence) => new(_active);

    public void Observe(in GeneratedToken token)
    {
        _entropies[_seen++ % _entropies.Length] = token.Entropy;
        _dwell++;
        if (_dwell < options.MinDwell) return;
        ModelRole wanted = Mean() > Limit() ? ModelRole.Large : ModelRole.Small;
        if (wanted == _active) return;
        _active = wanted;
        _dwell = 0;
    }

    private double Limit() => _active == ModelRole.Large ? options.ThresholdDown ?? options.Threshold : options.Threshold;

    /// <summary>Summed anew each time: a running sum would drift, and the window is short.</summary>
    private double Mean()
    {
        int count = Math.Min(_seen, _entropies.Length);
        double sum = 0;
        for (int i = 0; i < count; i++) sum += _entropies[i];
        return sum / count;
    }
}
