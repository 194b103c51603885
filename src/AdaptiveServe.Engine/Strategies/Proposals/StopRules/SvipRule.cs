namespace AdaptiveServe.Engine.Strategies.Proposals.StopRules;

/// <summary>Ends a draft where sqrt(0.15 H) exceeds a threshold, H the drafter's entropy in nats (SVIP, Zhang et al. 2024, arXiv 2411.18462).</summary>
internal sealed class SvipRule(double threshold) : StopRule
{
    public const double DefaultThreshold = 0.3;

    private const double Factor = 0.15;

    public override bool ShouldContinue(in DraftState state) => Math.Sqrt(Factor * state.EntropyNats) <= threshold;
}
