namespace AdaptiveServe.Engine.Strategies.Proposals.StopRules;

/// <summary>
/// Ends a draft after a token whose probability under the drafter is below a threshold (the confidence threshold of Hugging Face's assisted
/// generation; Mamou et al. 2024). The token stays in the draft.
/// </summary>
internal sealed class ConfidenceRule(double threshold) : StopRule
{
    public const double DefaultThreshold = 0.4;

    private readonly double _logprob = threshold <= 0 ? double.NegativeInfinity : Math.Log(threshold);

    public override bool ShouldContinue(in DraftState state) => state.Logprob >= _logprob;
}
