using AdaptiveServe.Engine.Strategies.Proposals.StopRules;

namespace AdaptiveServe.Engine.Strategies.Proposals;

/// <summary>How long drafts are.</summary>
public sealed record SpeculationOptions
{
    public const int MaxDraftLimit = 64;

    /// <summary>The names that <see cref="Stop"/> may have.</summary>
    public static IReadOnlyCollection<string> StopRuleNames => StopRule.Names;

    /// <value>Tokens of a draft at most. Default 8.</value>
    public int MaxDraft { get; init; } = 8;

    /// <value>Tokens of a draft before a stop rule may end it; never more than <see cref="MaxDraft"/>. Default 1.</value>
    public int MinDraft { get; init; } = 1;

    /// <value>Name of the rule that ends drafts earlier (<see cref="StopRuleNames"/>). Default <c>confidence</c>.</value>
    public string Stop { get; init; } = "confidence";

    /// <value>What the rule compares with; null for the rule's own default. Its meaning is the rule's.</value>
    public double? Threshold { get; init; }

    /// <exception cref="ArgumentException">A value is out of its range, or no rule has that name.</exception>
    public void Validate()
    {
        if (MaxDraft is < 1 or > MaxDraftLimit) throw new ArgumentException($"A draft has at most 1 to {MaxDraftLimit} tokens.");
        if (MinDraft < 1 || MinDraft > MaxDraft) throw new ArgumentException("The shortest draft has 1 token or more, and no more than the longest.");
        if (Threshold is { } threshold && !double.IsFinite(threshold)) throw new ArgumentException("The threshold is not a finite number.");
        if (!StopRuleNames.Contains(Stop)) throw new ArgumentException($"There is no stop rule '{Stop}'.");
    }
}
