using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies.Targets.EntropySwitching.Criteria;

/// <summary>Mean entropy of the window, in bits (Simonds 2025).</summary>
internal sealed class EntropyCriterion(int window) : SwitchCriterion
{
    private readonly WindowMean _mean = new(window);

    public override double Observe(in GeneratedToken token) => _mean.Add(token.Entropy);
}
