namespace AdaptiveServe.Engine.Strategies.Targets.EntropySwitching.Criteria;

/// <summary>Mean entropy of the window, in bits (Simonds 2025).</summary>
internal sealed class EntropyCriterion(int window) : WindowCriterion(window)
{
    protected override double Doubt(in ModelView view) => view.Entropy;
}
