using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies.Targets.EntropySwitching.Criteria;

/// <summary>
/// Mean over the window of 1 minus the distance between the two largest probabilities: 0 is certain, 1 is a tie of the first two.
/// </summary>
internal sealed class MarginCriterion(int window) : SwitchCriterion
{
    private readonly WindowMean _mean = new(window);

    public override bool NeedsMargin => true;

    public override double Observe(in GeneratedToken token) => _mean.Add(1 - token.Margin);
}
