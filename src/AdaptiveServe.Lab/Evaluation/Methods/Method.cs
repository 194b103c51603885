using System.Globalization;
using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;

namespace AdaptiveServe.Lab.Evaluation.Methods;

/// <summary>A way to compute replies, with its setting.</summary>
/// <param name="Name">Of the method.</param>
/// <param name="Setting">In words, empty where there is nothing to set.</param>
/// <param name="Choice">What a request would say.</param>
internal sealed record Method(string Name, string Setting, AdaptiveChoice Choice)
{
    public static readonly Method Large = new("large", "", new AdaptiveChoice());
    public static readonly Method Small = new("small", "", new AdaptiveChoice { Target = "small" });
    public static readonly Method Speculative = new("speculative", "", new AdaptiveChoice { Proposal = "small" });

    /// <summary>Switching by any criterion, named by what tells one curve from another.</summary>
    public static Method Switching(EntropySwitchingOptions options) => new(
        options.Replace ? $"{options.Criterion}, replacing" : options.Criterion, Describe(options),
        new AdaptiveChoice { Target = "entropy", Entropy = options });

    public static Method Cascade(double threshold) => new("cascade", Invariant($"difference {threshold:0.###}"), new AdaptiveChoice
    {
        Target = "cascade",
        Proposal = "small",
        Cascade = new() { Threshold = threshold },
    });

    /// <param name="name"><c>random</c> or <c>periodic</c>.</param>
    /// <param name="share">Of the large model.</param>
    /// <param name="segment">In tokens.</param>
    public static Method Control(string name, double share, int segment) =>
        new(segment == 1 ? name : $"{name}, {segment} at a time", Invariant($"share {share:0.###}"), new AdaptiveChoice
        {
            Target = name,
            Control = new() { Share = share, Segment = segment },
        });

    private static string Describe(EntropySwitchingOptions options) =>
        Invariant($"threshold {options.Threshold:0.####}, window {options.Window}, dwell {options.MinDwell}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
