namespace AdaptiveServe.Server.Generation;

/// <summary>A suffix of the model's name that stands for settings, for clients that cannot send more than a name: <c>demo:small</c>.</summary>
/// <param name="Suffix">What comes after the colon.</param>
/// <param name="Settings">What it stands for.</param>
/// <param name="NeedsSmall">True when it needs a pair.</param>
internal sealed record ModelAlias(string Suffix, AdaptiveSettings Settings, bool NeedsSmall)
{
    public static IReadOnlyList<ModelAlias> All { get; } =
    [
        new("large", new AdaptiveSettings { Target = "large" }, NeedsSmall: false),
        new("small", new AdaptiveSettings { Target = "small" }, NeedsSmall: true),
        new("entropy", new AdaptiveSettings { Target = "entropy" }, NeedsSmall: true),
        new("speculative", new AdaptiveSettings { Proposal = "small" }, NeedsSmall: true),
        new("routed", new AdaptiveSettings { Target = "routed" }, NeedsSmall: false),
    ];

    /// <summary>Those that are built; a new strategy moves its name here.</summary>
    public static IReadOnlyList<string> Listed { get; } = ["large", "small", "entropy", "speculative"];
}
