using System.Text.Json;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;
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
    public static readonly WordField Target = new("adaptive.target", "large", "small", "entropy", "cascade", "random", "periodic", "routed");
    public static readonly WordField Proposal = new("adaptive.proposal", "none", "small", "ngram", "recycling", "trigram", "self");
    public static readonly WordField StopRule = new("adaptive.stop", "learned", "fixed", "confidence", "svip", "adaedl", "heuristic");
    public static readonly BooleanField Exact = new("adaptive.exact");
    public static readonly NumberField Quality = new("adaptive.quality", 0, 1, excludesMinimum: true);
    public static readonly ObjectField Entropy = new("adaptive.entropy");
    public static readonly ObjectField Cascade = new("adaptive.cascade");
    public static readonly ObjectField Control = new("adaptive.control");
    public static readonly ObjectField Speculation = new("adaptive.speculation");
    public static readonly ObjectField Routing = new("adaptive.routing");
    public static readonly BooleanField Trace = new("adaptive.trace");

    public static IReadOnlyList<IField> All { get; } = [Target, Proposal, StopRule, Exact, Quality, Entropy, Cascade, Control, Speculation, Routing, Trace];

    /// <param name="body">The request.</param>
    /// <param name="defaults">What the model's alias and the configuration say.</param>
    /// <param name="model">What the settings must be possible with.</param>
    /// <exception cref="ApiException">A field is wrong, asks for what is not built, or fields contradict each other.</exception>
    public static AdaptiveSettings Read(JsonElement body, AdaptiveSettings defaults, ServedModel model)
    {
        JsonElement? own = Adaptive.Read(body);
        bool setsEntropy = own is { } given && Entropy.Read(given) is not null; // then a part of it is not completed by a calibrated one
        if (model.Calibration is { } calibration && !setsEntropy)
            defaults = defaults with { Entropy = calibration.Pick(calibration.DefaultQuality).ToOptions() };
        AdaptiveSettings settings = own is { } adaptive ? ReadObject(adaptive, defaults, model) : defaults;
        RefuseUnbuilt(Target.Name, settings.Target, StrategyRegistry.BuiltIn.TargetNames);
        RefuseUnbuilt(Proposal.Name, settings.Proposal, StrategyRegistry.BuiltIn.ProposalNames);
        if (!model.Engine.Info.HasSmall) RefuseSmall(settings);
        if (model.Engine.Info.LayerRanking.Count == 0) RefuseRanking(settings);
        RefuseRouter(settings, model.Engine.Info);
        if (settings.HasForeignDrafter)
            throw ApiException.Invalid(Proposal.Name, $"The target '{settings.Target}' is drafted by the small model; the proposal '{settings.Proposal}' does not fit.");
        if (!model.Engine.Info.HasAcceptanceHead && settings.Proposal != StrategyRegistry.NoProposal && settings.Speculation.UsesAcceptanceHead)
        {
            throw ApiException.NotSupported(StopRule.Name, "The stop rule 'learned' needs an acceptance head of this pair, and there is no "
                + "adaptive/acceptance-head.safetensors beside the large model: 'adaptiveserve-lab train acceptance-head' makes one.");
        }

        if (settings is { Target: "entropy", Entropy.Criterion: "acceptance" } && !model.Engine.Info.JudgesNextToken)
        {
            throw ApiException.NotSupported(EntropyFields.Criterion.Name, "The criterion 'acceptance' needs an acceptance head of this pair "
                + "that scores next tokens, and there is none beside the large model: 'adaptiveserve-lab train acceptance-head' makes one.");
        }

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

    /// <exception cref="ApiException">The word is none of those that are built.</exception>
    public static void RefuseUnbuilt(string field, string? value, IReadOnlyCollection<string> built)
    {
        if (value is null || built.Contains(value)) return;
        string what = built.Count == 0 ? $"'{field}'" : $"'{value}' for '{field}'";
        throw ApiException.NotSupported(field, $"{what} is not built yet.");
    }

    private static AdaptiveSettings ReadObject(JsonElement adaptive, AdaptiveSettings defaults, ServedModel model)
    {
        RefuseUnknown(adaptive, Adaptive, All);
        RefuseUnbuilt(StopRule.Name, StopRule.Read(adaptive), SpeculationOptions.StopRuleNames);
        AdaptiveSettings settings = new()
        {
            Target = Target.Read(adaptive) ?? defaults.Target,
            Proposal = Proposal.Read(adaptive) ?? defaults.Proposal,
            Entropy = EntropyFields.Read(adaptive, defaults.Entropy),
            Cascade = CascadeFields.Read(adaptive, defaults.Cascade),
            Control = ControlFields.Read(adaptive, defaults.Control),
            Speculation = SpeculationFields.Read(adaptive, defaults.Speculation),
            Routing = RoutingFields.Read(adaptive, defaults.Routing, model.Engine.Info),
            Exact = Exact.Read(adaptive) ?? defaults.Exact,
            Trace = Trace.Read(adaptive) ?? defaults.Trace,
        };
        return Quality.Read(adaptive) is { } quality ? QualityPicker.Pick(adaptive, quality, settings, model) : settings;
    }

    private static void RefuseSmall(AdaptiveSettings settings)
    {
        if (settings.TargetNeedsSmall) throw NeedsSmall(Target, $"The target '{settings.Target}'");
        if (settings.ProposalNeedsSmall) throw NeedsSmall(Proposal, $"The proposal '{settings.Proposal}'");
    }

    /// <summary>Whoever leaves layers out by their rank needs one.</summary>
    private static void RefuseRanking(AdaptiveSettings settings)
    {
        const string reason = "needs a ranking of the model's layers, and this model has no adaptive/layer-ranking.json: "
            + "'adaptiveserve-lab rank-layers --model DIR --suite FILE' makes one.";
        if (settings.RoutesByRank) throw ApiException.NotSupported(RoutingFields.Router.Name, $"The router 'static' {reason}");
        if (settings.NeedsRanking) throw ApiException.NotSupported(Proposal.Name, $"The proposal '{settings.Proposal}' {reason}");
    }

    /// <summary>Whoever goes by the prompt must have been trained for the model.</summary>
    private static void RefuseRouter(AdaptiveSettings settings, ModelInfo info)
    {
        if (settings is { Target: "routed", Routing.ReadsPrompt: true } && PromptRouters.WhatIsMissing(settings.Routing.Router, info) is { } lack)
            throw ApiException.NotSupported(RoutingFields.Router.Name, $"The router '{settings.Routing.Router}' {lack}.");
    }

    private static ApiException NeedsSmall(WordField field, string what) =>
        ApiException.Invalid(field.Name, $"{what} needs a small model, and this server has none: it was started without --small-model.");
}
