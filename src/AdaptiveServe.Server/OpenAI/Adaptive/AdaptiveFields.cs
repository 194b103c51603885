using System.Globalization;
using System.Text.Json;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Server.OpenAI.Fields;

namespace AdaptiveServe.Server.OpenAI.Adaptive;

/// <summary>
/// The <c>adaptive</c> object of a request: this server's one extension of OpenAI's bodies. Unlike elsewhere, a key that is not known is
/// refused: nobody but this server would have meant anything by it.
/// </summary>
internal static class AdaptiveFields
{
    public static readonly ObjectField Adaptive = new("adaptive");
    public static readonly WordField Target = new("adaptive.target", "large", "small", "entropy", "routed");
    public static readonly WordField Proposal = new("adaptive.proposal", "none", "small", "ngram", "self");
    public static readonly WordField StopRule = new("adaptive.stop", "learned", "fixed", "confidence", "svip", "adaedl", "heuristic");
    public static readonly BooleanField Exact = new("adaptive.exact");
    public static readonly NumberField Quality = new("adaptive.quality", 0, 1, excludesMinimum: true);
    public static readonly ObjectField Entropy = new("adaptive.entropy");
    public static readonly ObjectField Speculation = new("adaptive.speculation");
    public static readonly ObjectField Routing = new("adaptive.routing");
    public static readonly BooleanField Trace = new("adaptive.trace");

    public static IReadOnlyList<IField> All { get; } = [Target, Proposal, StopRule, Exact, Quality, Entropy, Speculation, Routing, Trace];

    /// <param name="body">The request.</param>
    /// <param name="defaults">What the model's alias and the configuration say.</param>
    /// <param name="model">What the settings must be possible with.</param>
    /// <exception cref="ApiException">A field is wrong, asks for what is not built, or fields contradict each other.</exception>
    public static AdaptiveSettings Read(JsonElement body, AdaptiveSettings defaults, ServedModel model)
    {
        AdaptiveSettings settings = Adaptive.Read(body) is { } adaptive ? ReadObject(adaptive, defaults) : defaults;
        RefuseUnbuilt(Target.Name, settings.Target, StrategyRegistry.BuiltIn.TargetNames);
        RefuseUnbuilt(Proposal.Name, settings.Proposal, StrategyRegistry.BuiltIn.ProposalNames);
        if (!model.Engine.Info.HasSmall) RefuseSmall(settings);
        if (settings.Exact && !settings.IsExact)
            throw ApiException.Invalid(Exact.Name, $"'exact' asks for the large model's own distribution, which the target '{settings.Target}' does not sample.");
        return settings;
    }

    /// <exception cref="ApiException">An object has a member that is none of its fields.</exception>
    public static void RefuseUnknown(JsonElement value, ObjectField owner, IReadOnlyList<IField> fields)
    {
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (fields.All(field => field.Key != property.Name))
                throw ApiException.Invalid($"{owner.Name}.{property.Name}", $"'{owner.Name}' has no field '{property.Name}'.", "unknown_field");
        }
    }

    private static AdaptiveSettings ReadObject(JsonElement adaptive, AdaptiveSettings defaults)
    {
        RefuseUnknown(adaptive, Adaptive, All);
        RefuseUnbuilt(StopRule.Name, StopRule.Read(adaptive), SpeculationOptions.StopRuleNames);
        RefuseUnbuilt(Quality.Name, Quality.Read(adaptive)?.ToString(CultureInfo.InvariantCulture), []);
        RefuseUnbuilt(Routing.Name, Routing.Read(adaptive)?.ToString(), []);
        return new AdaptiveSettings
        {
            Target = Target.Read(adaptive) ?? defaults.Target,
            Proposal = Proposal.Read(adaptive) ?? defaults.Proposal,
            Entropy = EntropyFields.Read(adaptive, defaults.Entropy),
            Speculation = SpeculationFields.Read(adaptive, defaults.Speculation),
            Exact = Exact.Read(adaptive) ?? defaults.Exact,
            Trace = Trace.Read(adaptive) ?? defaults.Trace,
        };
    }

    private static void RefuseSmall(AdaptiveSettings settings)
    {
        if (settings.TargetNeedsSmall) throw NeedsSmall(Target, $"The target '{settings.Target}'");
        if (settings.ProposalNeedsSmall) throw NeedsSmall(Proposal, $"The proposal '{settings.Proposal}'");
    }

    private static ApiException NeedsSmall(WordField field, string what) =>
        ApiException.Invalid(field.Name, $"{what} needs a small model, and this server has none: it was started without --small-model.");

    private static void RefuseUnbuilt(string field, string? value, IReadOnlyCollection<string> built)
    {
        if (value is null || built.Contains(value)) return;
        string what = built.Count == 0 ? $"'{field}'" : $"'{value}' for '{field}'";
        throw ApiException.NotSupported(field, $"{what} is not built yet.");
    }
}
