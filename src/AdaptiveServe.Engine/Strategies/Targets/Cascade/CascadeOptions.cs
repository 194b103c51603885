using AdaptiveServe.Engine.Strategies.Targets.Cascade.Rules;

namespace AdaptiveServe.Engine.Strategies.Targets.Cascade;

/// <summary>Where <see cref="CascadeStrategy"/> defers to the large model.</summary>
public sealed record CascadeOptions
{
    /// <summary>The names that <see cref="Rule"/> may have.</summary>
    public static IReadOnlyCollection<string> RuleNames => DeferralRule.Names;

    /// <value>Name of the rule (<see cref="RuleNames"/>). Default <c>difference</c>.</value>
    public string Rule { get; init; } = "difference";

    /// <value>
    /// What the rule's number must exceed to defer; null for the rule's own default. A very large one gives the small model's text, a very
    /// negative one the large model's.
    /// </value>
    public double? Threshold { get; init; }

    /// <exception cref="ArgumentException">The threshold is not a number, or no rule has that name.</exception>
    public void Validate()
    {
        if (!RuleNames.Contains(Rule)) throw new ArgumentException($"There is no deferral rule '{Rule}'.");
        if (Threshold is { } threshold && double.IsNaN(threshold)) throw new ArgumentException("The threshold is not a number.");
    }
}
