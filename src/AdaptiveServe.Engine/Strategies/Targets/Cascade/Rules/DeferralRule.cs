namespace AdaptiveServe.Engine.Strategies.Targets.Cascade.Rules;

/// <summary>Says where the large model gives the token: where a number of the two distributions exceeds a threshold.</summary>
internal abstract class DeferralRule
{
    /// <summary>Every rule, by the name that requests use.</summary>
    private static readonly Dictionary<string, Func<CascadeOptions, DeferralRule>> Rules = new(StringComparer.Ordinal)
    {
        ["difference"] = options => new DifferenceRule(options.Threshold ?? DifferenceRule.DefaultThreshold),
        ["confidence"] = options => new ConfidenceRule(options.Threshold ?? ConfidenceRule.DefaultThreshold),
        ["entropy"] = options => new EntropyRule(options.Threshold ?? EntropyRule.DefaultThreshold),
    };

    public static IReadOnlyCollection<string> Names => Rules.Keys;

    /// <exception cref="ArgumentException">No rule has that name.</exception>
    public static DeferralRule Create(CascadeOptions options) => Rules.TryGetValue(options.Rule, out var create)
        ? create(options)
        : throw new ArgumentException($"There is no deferral rule '{options.Rule}'.");

    public abstract bool Defers(in ModelView small, in ModelView large);
}
