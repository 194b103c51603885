using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching.Criteria;

namespace AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;

/// <summary>How <see cref="EntropySwitchingStrategy"/> chooses the model of a sequence.</summary>
public sealed record EntropySwitchingOptions
{
    public const int MaxWindow = 4096;

    /// <summary>The rule of Simonds 2025; the threshold is to be chosen for a pair.</summary>
    public static EntropySwitchingOptions AsPublished { get; } = new() { Replace = false, Window = 5, MinDwell = 10 };

    /// <summary>The names that <see cref="Criterion"/> may have.</summary>
    public static IReadOnlyCollection<string> CriterionNames => SwitchCriterion.Names;

    /// <value>
    /// Name of what says how unsure the active model is (<see cref="CriterionNames"/>): <c>entropy</c> and <c>momentum</c> in bits,
    /// <c>max_probability</c>, <c>margin</c> and <c>acceptance</c> from 0, certain, to 1. Default <c>entropy</c>.
    /// </value>
    public string Criterion { get; init; } = "entropy";

    /// <value>
    /// What the criterion must exceed for the large model to take over. A negative one begins on the large model and stays there; a very
    /// large one never leaves the small model. Default 0.4, which is for <c>entropy</c>.
    /// </value>
    public double Threshold { get; init; } = 0.4;

    /// <value>
    /// The criterion at or below which the small model takes over again. Null is <see cref="Threshold"/>, and with <see cref="Replace"/>
    /// means that it always does once <see cref="MinDwell"/> tokens are given.
    /// </value>
    public double? ThresholdDown { get; init; }

    /// <value>
    /// True: the criterion looks at the token that the small model is about to give, and where it exceeds the threshold the large model
    /// gives that token. False: it looks at the tokens that are given, and the model is changed after the doubtful one, as in Simonds 2025.
    /// Default true.
    /// </value>
    public bool Replace { get; init; } = true;

    /// <value>Tokens that the criterion is a mean of; fewer while there are fewer. Default 1; Simonds 2025 takes 5.</value>
    public int Window { get; init; } = 1;

    /// <value>
    /// Tokens that a model gives before the other may take over; with <see cref="Replace"/> it binds the large model only. The token that
    /// makes them that many may already switch; a rule that asks for more than that many is this one with one more. Default 1; Simonds 2025
    /// takes 10.
    /// </value>
    public int MinDwell { get; init; } = 1;

    /// <summary>What the criterion says after each token of one sequence: for choosing thresholds by what a model gave.</summary>
    /// <exception cref="ArgumentException">No criterion has that name.</exception>
    public double[] Measure(IReadOnlyList<GeneratedToken> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        SwitchCriterion criterion = SwitchCriterion.Create(Criterion, Window);
        double[] values = new double[tokens.Count];
        for (int i = 0; i < values.Length; i++) values[i] = criterion.Observe(ModelView.Of(tokens[i]));
        return values;
    }

    /// <summary>These settings with another criterion: a threshold means nothing to it, so that its own default holds.</summary>
    /// <exception cref="ArgumentException">No criterion has that name.</exception>
    public EntropySwitchingOptions For(string criterion) => criterion == Criterion
        ? this
        : this with { Criterion = criterion, Threshold = SwitchCriterion.DefaultThreshold(criterion), ThresholdDown = null };

    /// <exception cref="ArgumentException">A value is out of its range, or no criterion has that name.</exception>
    public void Validate()
    {
        if (!CriterionNames.Contains(Criterion)) throw new ArgumentException($"There is no criterion '{Criterion}'.");
        if (double.IsNaN(Threshold)) throw new ArgumentException("The threshold is not a number.");
        if (ThresholdDown is { } down && !(down <= Threshold))
            throw new ArgumentException("The threshold down is at most the threshold.");
        if (Window is < 1 or > MaxWindow) throw new ArgumentException($"The window is 1 to {MaxWindow} tokens.");
        if (MinDwell < 1) throw new ArgumentException("The minimum dwell is 1 token or more.");
    }
}
