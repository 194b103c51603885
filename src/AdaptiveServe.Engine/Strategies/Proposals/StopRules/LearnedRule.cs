namespace AdaptiveServe.Engine.Strategies.Proposals.StopRules;

/// <summary>
/// Ends a draft where a token of it is probably refused already: the acceptance head's chances multiply along the draft, and 1 minus the
/// product is compared with a threshold (SpecDec++, Huang et al. 2024, arXiv 2405.19715).
/// </summary>
/// <param name="threshold">
/// 0 to 1; null derives it before each token from measured costs: the draft goes on while the chance that all of it is accepted is worth
/// what one more token costs.
/// </param>
internal sealed class LearnedRule(double? threshold) : StopRule
{
    private double _all;

    public override bool ShouldContinue(in DraftState state)
    {
        if (state.Drafted == 1) _all = 1;
        _all *= state.Acceptance;
        return threshold is { } given ? 1 - _all <= given : _all >= state.BreakEven;
    }
}
