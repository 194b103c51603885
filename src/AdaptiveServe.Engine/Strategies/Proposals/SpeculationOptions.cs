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

    /// <value>
    /// Whether a draft is only as long as measured costs say that it pays, and none where the plain path is faster. Default true.
    /// </value>
    public bool Governed { get; init; } = true;

    /// <summary>True when drafts are judged by the pair's acceptance head, which must be there.</summary>
    public bool UsesAcceptanceHead => Stop == StopRule.Learned;

    /// <value>Share of its layers that the large model drafts with, in (0, 1], where it drafts. Default 0.5.</value>
    public double Budget { get; init; } = 0.5;

    /// <exception cref="ArgumentException">A value is out of its range, or no rule has that name.</exception>
    public void Validate()
    {
        if (MaxDraft is < 1 or > MaxDraftLimit) throw new ArgumentException($"A draft has at most 1 to {MaxDraftLimit} tokens.");
        if (MinDraft < 1 || MinDraft > MaxDraft) throw new ArgumentException("The shortest draft has 1 token or more, and no more than the longest.");
        if (Threshold is { } threshold && !double.IsFinite(threshold)) throw new ArgumentException("The threshold is not a finite number.");
        if (UsesAcceptanceHead && Threshold is < 0 or > 1) throw new ArgumentException("The threshold of the learned rule is a chance, 0 to 1.");
        if (!(Budget is > 0 and <= 1)) throw new ArgumentException("The budget is a share of the layers above 0 and at most 1.");
        if (!StopRuleNames.Contains(Stop)) throw new ArgumentException($"There is no stop rule '{Stop}'.");
    }
}
