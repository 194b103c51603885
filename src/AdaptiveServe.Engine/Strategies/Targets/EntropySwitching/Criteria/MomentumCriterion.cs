namespace AdaptiveServe.Engine.Strategies.Targets.EntropySwitching.Criteria;

/// <summary>
/// Exponentially weighted mean of the entropy, in bits: recent tokens count most, and none leaves at once as from a window. The newest
/// token has weight 2 / (window + 1), so that the mean age is that of the window; divided by the weights so far, as the first moment of
/// Adam is (Kingma and Ba 2015), so that it is a mean from the first token on.
/// </summary>
internal sealed class MomentumCriterion(int window) : SwitchCriterion
{
    private readonly double _newest = 2.0 / (window + 1);
    private double _sum, _weight;

    public override double Observe(in ModelView view)
    {
        (_sum, _weight) = After(view);
        return _sum / _weight;
    }

    public override double With(in ModelView view)
    {
        (double sum, double weight) = After(view);
        return sum / weight;
    }

    private (double Sum, double Weight) After(in ModelView view) =>
        (_sum + _newest * (view.Entropy - _sum), _weight + _newest * (1 - _weight));
}
