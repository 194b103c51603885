namespace AdaptiveServe.Engine.Strategies.Proposals.StopRules;

/// <summary>Says when a draft ends. It sees the draft so far and has no way to take a token back.</summary>
internal abstract class StopRule
{
    /// <summary>The name of the rule that needs an acceptance head.</summary>
    public const string Learned = "learned";

    /// <summary>Every rule, by the name that requests use.</summary>
    private static readonly Dictionary<string, Func<SpeculationOptions, StopRule>> Rules = new(StringComparer.Ordinal)
    {
        ["fixed"] = _ => new FixedRule(),
        ["confidence"] = options => new ConfidenceRule(options.Threshold ?? ConfidenceRule.DefaultThreshold),
        ["svip"] = options => new SvipRule(options.Threshold ?? SvipRule.DefaultThreshold),
        ["adaedl"] = options => new AdaEdlRule(options.Threshold ?? AdaEdlRule.DefaultThreshold),
        [Learned] = options => new LearnedRule(options.Threshold),
        ["heuristic"] = options => new HeuristicRule(options.MaxDraft),
    };

    public static IReadOnlyCollection<string> Names => Rules.Keys;

    /// <exception cref="ArgumentException">No rule has that name.</exception>
    public static StopRule Create(SpeculationOptions options) => Rules.TryGetValue(options.Stop, out var create)
        ? create(options)
        : throw new ArgumentException($"There is no stop rule '{options.Stop}'.");

    /// <summary>Tokens that the next draft has at most.</summary>
    /// <param name="most">What the request allows.</param>
    public virtual int Limit(int most) => most;

    /// <summary>Asked after each drafted token: one more?</summary>
    public abstract bool ShouldContinue(in DraftState state);

    /// <summary>Told what verification made of a draft.</summary>
    public virtual void Observe(in DraftOutcome outcome)
    {
    }
}
