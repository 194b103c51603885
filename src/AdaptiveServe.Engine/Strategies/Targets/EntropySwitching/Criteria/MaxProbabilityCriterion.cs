namespace AdaptiveServe.Engine.Strategies.Targets.EntropySwitching.Criteria;

/// <summary>Mean over the window of 1 minus the probability of the most likely token: 0 is certain, 1 is the limit.</summary>
internal sealed class MaxProbabilityCriterion(int window) : WindowCriterion(window)
{
    protected override double Doubt(in ModelView view) => 1 - view.TopProbability;
}
