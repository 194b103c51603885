namespace AdaptiveServe.Engine.Strategies.Targets.Cascade.Rules;

/// <summary>Defers where the large model is surer of its first choice than the small one of its own, by more than a threshold.</summary>
internal sealed class DifferenceRule(double threshold) : DeferralRule
{
    public const double DefaultThreshold = 0.1;

    public override bool Defers(in ModelView small, in ModelView large) => large.TopProbability - small.TopProbability > threshold;
}
