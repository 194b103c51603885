namespace AdaptiveServe.Engine.Strategies.Targets.EntropySwitching.Criteria;

/// <summary>Says how unsure the active model was lately: more is less sure, so that one rule of thresholds fits all.</summary>
internal abstract class SwitchCriterion
{
    /// <summary>Every criterion, by the name that requests use, with what holds where no threshold is given: it suits the demo pair.</summary>
    private static readonly Dictionary<string, (double Threshold, Func<int, SwitchCriterion> Create)> Criteria = new(StringComparer.Ordinal)
    {
        ["entropy"] = (0.4, window => new EntropyCriterion(window)),
        ["momentum"] = (0.4, window => new MomentumCriterion(window)),
        ["max_probability"] = (0.05, window => new MaxProbabilityCriterion(window)),
        ["margin"] = (0.1, window => new MarginCriterion(window)),
        ["acceptance"] = (0.05, window => new AcceptanceCriterion(window)),
    };

    public static IReadOnlyCollection<string> Names => Criteria.Keys;

    /// <summary>True when it looks at <see cref="ModelView.Margin"/>.</summary>
    public virtual bool NeedsMargin => false;

    /// <summary>True when it looks at <see cref="ModelView.Acceptance"/>.</summary>
    public virtual bool NeedsAcceptance => false;

    /// <exception cref="ArgumentException">No criterion has that name.</exception>
    public static SwitchCriterion Create(string name, int window) => Find(name).Create(window);

    /// <exception cref="ArgumentException">No criterion has that name.</exception>
    public static double DefaultThreshold(string name) => Find(name).Threshold;

    /// <summary>Told about the distribution of each token, by the model that gave it.</summary>
    /// <returns>How unsure the last tokens were, this one included.</returns>
    public abstract double Observe(in ModelView view);

    /// <summary>What <see cref="Observe"/> would return, of a token that is not given yet and may never be.</summary>
    public abstract double With(in ModelView view);

    private static (double Threshold, Func<int, SwitchCriterion> Create) Find(string name) => Criteria.TryGetValue(name, out var found)
        ? found
        : throw new ArgumentException($"There is no criterion '{name}'.");
}
