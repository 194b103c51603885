namespace AdaptiveServe.Engine.Strategies.Targets.LayerRouting;

/// <summary>Which layers of the large model the target <c>routed</c> runs.</summary>
public sealed record RoutingOptions
{
    /// <summary>The names that <see cref="Router"/> may have.</summary>
    public static IReadOnlyCollection<string> RouterNames => LayerRouters.Names;

    /// <value>Name of the router that chooses the layers. Default <c>static</c>.</value>
    public string Router { get; init; } = "static";

    /// <value>Share of the model's layers that run, in (0, 1]; rounded to whole layers, and never less than one. Default 0.85.</value>
    public double Budget { get; init; } = 0.85;

    /// <value>The layers themselves, in ascending order; one that comes twice runs twice. No router is asked then. Default null.</value>
    public IReadOnlyList<int>? Layers { get; init; }

    /// <summary>How many of that many layers run.</summary>
    public int LayersOf(int modelLayers) => Math.Max(1, (int)Math.Round(Budget * modelLayers, MidpointRounding.AwayFromZero));

    /// <exception cref="ArgumentException">A value is out of its range, or no router has that name.</exception>
    public void Validate()
    {
        if (!(Budget is > 0 and <= 1)) throw new ArgumentException("The budget is a share of the layers above 0 and at most 1.");
        if (!RouterNames.Contains(Router)) throw new ArgumentException($"There is no router '{Router}'.");
    }
}
