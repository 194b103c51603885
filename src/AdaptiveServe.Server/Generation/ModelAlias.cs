using AdaptiveServe.Engine.Execution;

namespace AdaptiveServe.Server.Generation;

/// <summary>A suffix of the model's name that stands for settings, for clients that cannot send more than a name: <c>demo:small</c>.</summary>
/// <param name="Suffix">What comes after the colon.</param>
/// <param name="Settings">What it stands for.</param>
internal sealed record ModelAlias(string Suffix, AdaptiveSettings Settings)
{
    public static IReadOnlyList<ModelAlias> All { get; } =
    [
        new("large", new AdaptiveSettings { Target = "large" }),
        new("small", new AdaptiveSettings { Target = "small" }),
        new("entropy", new AdaptiveSettings { Target = "entropy" }),
        new("speculative", new AdaptiveSettings { Proposal = "small" }),
        new("routed", new AdaptiveSettings { Target = "routed" }),
    ];

    /// <summary>True when these models can serve it.</summary>
    public bool IsListed(ModelInfo info) => Settings.IsBuilt
        && (info.HasSmall || !(Settings.TargetNeedsSmall || Settings.ProposalNeedsSmall))
        && (info.LayerRanking.Count > 0 || !Settings.NeedsRanking);
}
