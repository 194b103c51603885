namespace AdaptiveServe.Engine.Strategies.Targets.EntropySwitching.Criteria;

/// <summary>The mean over a window of a number that each distribution has.</summary>
internal abstract class WindowCriterion(int window) : SwitchCriterion
{
    private readonly WindowMean _mean = new(window);

    public sealed override double Observe(in ModelView view) => _mean.Add(Doubt(view));

    public sealed override double With(in ModelView view) => _mean.With(Doubt(view));

    /// <summary>How unsure one distribution is.</summary>
    protected abstract double Doubt(in ModelView view);
}
