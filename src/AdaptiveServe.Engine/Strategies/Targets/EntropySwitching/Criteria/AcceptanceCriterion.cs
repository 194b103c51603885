namespace AdaptiveServe.Engine.Strategies.Targets.EntropySwitching.Criteria;

/// <summary>
/// Mean over the window of the chance that the large model would give another token, as the pair's acceptance head judges it by the small
/// model's hidden state: a router that was trained for it (R2R, Fu et al. 2025, arXiv 2505.21600). The large model's own tokens count 0.
/// </summary>
internal sealed class AcceptanceCriterion(int window) : WindowCriterion(window)
{
    public override bool NeedsAcceptance => true;

    protected override double Doubt(in ModelView view) => 1 - view.Acceptance;
}
