namespace AdaptiveServe.Engine.Strategies.Proposals.StopRules;

/// <summary>
/// Ends a draft where 1 - sqrt(0.2 H), a lower bound of the chance of acceptance, falls below a threshold; H is the drafter's entropy in
/// nats (AdaEDL, Agrawal et al. 2024, arXiv 2410.18351). The threshold stays as it is: how the paper moves it is not published.
/// </summary>
internal sealed class AdaEdlRule(double threshold) : StopRule
{
    public const double DefaultThreshold = 0.6;

    private const double Gamma = 0.2;

    public override bool ShouldContinue(in DraftState state) => 1 - Math.Sqrt(Gamma * state.EntropyNats) >= threshold;
}
