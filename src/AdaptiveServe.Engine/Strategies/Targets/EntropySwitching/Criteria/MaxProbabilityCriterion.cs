using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies.Targets.EntropySwitching.Criteria;

/// <summary>Mean over the window of 1 minus the probability of the most likely token: 0 is certain, 1 is the limit.</summary>
internal sealed class MaxProbabilityCriterion(int window) : SwitchCriterion
{
    private readonly WindowMean _mean = new(window);

    public override double Observe(in GeneratedToken token) => _mean.Add(1 - token.TopProbability);
}
