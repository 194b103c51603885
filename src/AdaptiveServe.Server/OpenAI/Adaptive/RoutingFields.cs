using System.Text.Json;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Server.OpenAI.Fields;

namespace AdaptiveServe.Server.OpenAI.Adaptive;

/// <summary>The object <c>adaptive.routing</c>: which layers the target <c>routed</c> runs. Checked, and of no effect, with other targets.</summary>
internal static class RoutingFields
{
    public static readonly WordField Router = new("adaptive.routing.router", "learned", "first", "lac", "static", "random");
    public static readonly NumberField Budget = new("adaptive.routing.budget", 0, 1, excludesMinimum: true);
    public static readonly WordField Prompt = new("adaptive.routing.prompt", RoutingOptions.WholePrompt, RoutingOptions.RoutedPrompt);
    public static readonly LayersField Layers = new("adaptive.routing.layers");

    public static IReadOnlyList<IField> All { get; } = [Router, Budget, Prompt, Layers];

    /// <param name="adaptive">The object around it.</param>
    /// <param name="defaults">What holds where a member is absent.</param>
    /// <param name="info">The model whose layers they are.</param>
    /// <exception cref="ApiException">A member is unknown or wrong, asks for what is not built, or names no route of the model.</exception>
    public static RoutingOptions Read(JsonElement adaptive, RoutingOptions defaults, ModelInfo info)
    {
        if (AdaptiveFields.Routing.Read(adaptive) is not { } routing) return defaults;
        AdaptiveFields.RefuseUnknown(routing, AdaptiveFields.Routing, All);
        var options = new RoutingOptions
        {
            Router = Router.Read(routing) ?? defaults.Router,
            Budget = Budget.Read(routing) ?? defaults.Budget,
            Prompt = Prompt.Read(routing) ?? defaults.Prompt,
            Layers = Layers.Read(routing) ?? defaults.Layers,
        };
        AdaptiveFields.RefuseUnbuilt(Router.Name, options.Router, RoutingOptions.RouterNames);
        if (options.Layers is { } layers) Check(layers, info);
        return options;
    }

    private static void Check(IReadOnlyList<int> layers, ModelInfo info)
    {
        try
        {
            _ = new LayerRoute(layers, info.LargeLayers, info.LargeRepeats);
        }
        catch (ArgumentException exception)
        {
            throw ApiException.Invalid(Layers.Name, $"Invalid '{Layers.Name}': {exception.Message}");
        }
    }
}
