namespace AdaptiveServe.Engine.Strategies.Targets.EntropySwitching.Criteria;

/// <summary>
/// Mean over the window of 1 minus the distance between the two largest probabilities: 0 is certain, 1 is a tie of the first two.
/// </summary>
internal sealed class MarginCriterion(int window) : WindowCriterion(window)
{
    public override bool NeedsMargin => true;

    protected override double Doubt(in ModelView view) => 1 - view.Margin;
}
