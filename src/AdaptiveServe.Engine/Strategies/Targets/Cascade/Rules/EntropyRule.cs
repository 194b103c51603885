namespace AdaptiveServe.Engine.Strategies.Targets.Cascade.Rules;

/// <summary>Defers where the small model's entropy in bits exceeds a threshold.</summary>
internal sealed class EntropyRule(double threshold) : DeferralRule
{
    public const double DefaultThreshold = 1;

    public override bool Defers(in ModelView small, in ModelView large) => small.Entropy > threshold;
}
