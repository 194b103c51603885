using System.Text.Json;
using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Server.OpenAI.Fields;

namespace AdaptiveServe.Server.OpenAI.Adaptive;

/// <summary>
/// The object <c>adaptive.speculation</c> and the word <c>adaptive.stop</c>: how long drafts are. Checked, and of no effect, without a
/// proposal.
/// </summary>
internal static class SpeculationFields
{
    private const double Far = 1e12;

    public static readonly IntegerField MaxDraft = new("adaptive.speculation.max_draft", 1, SpeculationOptions.MaxDraftLimit);
    public static readonly IntegerField MinDraft = new("adaptive.speculation.min_draft", 1, SpeculationOptions.MaxDraftLimit);
    public static readonly NumberField Threshold = new("adaptive.speculation.threshold", -Far, Far);

    public static readonly NumberField Budget = new("adaptive.speculation.budget", 0, 1, excludesMinimum: true);

    public static readonly BooleanField Governed = new("adaptive.speculation.governed");

    public static IReadOnlyList<IField> All { get; } = [MaxDraft, MinDraft, Threshold, Budget, Governed];

    /// <param name="adaptive">The object around it.</param>
    /// <param name="defaults">What holds where a member is absent.</param>
    /// <exception cref="ApiException">A member is unknown or wrong, or members contradict each other.</exception>
    public static SpeculationOptions Read(JsonElement adaptive, SpeculationOptions defaults)
    {
        SpeculationOptions options = defaults with { Stop = AdaptiveFields.StopRule.Read(adaptive) ?? defaults.Stop };
        if (AdaptiveFields.Speculation.Read(adaptive) is not { } speculation) return options;
        AdaptiveFields.RefuseUnknown(speculation, AdaptiveFields.Speculation, All);
        options = options with
        {
            MaxDraft = (int)(MaxDraft.Read(speculation) ?? defaults.MaxDraft),
            MinDraft = (int)(MinDraft.Read(speculation) ?? defaults.MinDraft),
            Threshold = Threshold.Read(speculation) ?? defaults.Threshold,
            Budget = Budget.Read(speculation) ?? defaults.Budget,
            Governed = Governed.Read(speculation) ?? defaults.Governed,
        };
        if (options.MinDraft > options.MaxDraft)
            throw ApiException.Invalid(MinDraft.Name, $"Invalid '{MinDraft.Name}': must be at most '{MaxDraft.Name}', which is {options.MaxDraft}.");
        if (options is { UsesAcceptanceHead: true, Threshold: < 0 or > 1 })
            throw ApiException.Invalid(Threshold.Name, $"Invalid '{Threshold.Name}': with '{AdaptiveFields.StopRule.Name}' learned it is a chance, 0 to 1.");
        return options;
    }
}
