namespace AdaptiveServe.Engine.Strategies.Targets.Cascade.Rules;

/// <summary>Defers where 1 minus the small model's largest probability exceeds a threshold (Chow 1970): the large one is not looked at.</summary>
internal sealed class ConfidenceRule(double threshold) : DeferralRule
{
    public const double DefaultThreshold = 0.3;

    public override bool Defers(in ModelView small, in ModelView large) => 1 - small.TopProbability > threshold;
}
