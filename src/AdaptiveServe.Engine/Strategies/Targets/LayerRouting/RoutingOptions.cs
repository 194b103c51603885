using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies.Targets.LayerRouting;

/// <summary>Which layers of the large model the target <c>routed</c> runs.</summary>
public sealed record RoutingOptions
{
    /// <summary>The names that <see cref="Router"/> may have.</summary>
    public static IReadOnlyCollection<string> RouterNames { get; } = [.. LayerRouters.Names, .. PromptRouters.Names];

    /// <summary>The values of <see cref="Prompt"/>.</summary>
    public const string WholePrompt = "whole", RoutedPrompt = "routed";

    /// <value>Name of the router that chooses the layers. Default <c>static</c>.</value>
    public string Router { get; init; } = "static";

    /// <value>
    /// Share of the model's layers that run, in (0, 1]. Rounded to whole layers, and never less than one; for the routers that were trained,
    /// the mean over the prompts they were trained for. Default 0.85.
    /// </value>
    public double Budget { get; init; } = 0.85;

    /// <value>The layers themselves, in ascending order; one that comes twice runs twice. No router is asked then. Default null.</value>
    public IReadOnlyList<int>? Layers { get; init; }

    /// <value>
    /// <c>whole</c>: all layers run over the prompt, and the route begins behind it. <c>routed</c>: the prompt runs along the route too. Null
    /// is <c>whole</c> for routers that go by the prompt, and <c>routed</c> otherwise. A route with a layer that runs twice always begins
    /// with the prompt: the second pass reads what it left there.
    /// </value>
    public string? Prompt { get; init; }

    /// <value>
    /// Whether each token says which layers were void for it (<see cref="GeneratedToken.VoidLayers"/>), for the router <c>lac</c>: all states of those
    /// positions are looked at. Default false.
    /// </value>
    public bool TracesVoids { get; init; }

    /// <summary>True when the route comes of the computed prompt.</summary>
    public bool ReadsPrompt => Layers is null && PromptRouters.Names.Contains(Router);

    /// <summary>Whether a route begins behind the prompt.</summary>
    internal bool BeginsBehindPrompt(LayerRoute route) => route.Repeated == 0 && (Prompt is null ? ReadsPrompt : Prompt == WholePrompt);

    /// <summary>How many of that many layers run.</summary>
    public int LayersOf(int modelLayers) => Math.Max(1, (int)Math.Round(Budget * modelLayers, MidpointRounding.AwayFromZero));

    /// <exception cref="ArgumentException">A value is out of its range, or no router has that name.</exception>
    public void Validate()
    {
        if (!(Budget is > 0 and <= 1)) throw new ArgumentException("The budget is a share of the layers above 0 and at most 1.");
        if (!RouterNames.Contains(Router)) throw new ArgumentException($"There is no router '{Router}'.");
        if (Prompt is not (null or WholePrompt or RoutedPrompt)) throw new ArgumentException("The prompt is 'whole' or 'routed'.");
    }
}
