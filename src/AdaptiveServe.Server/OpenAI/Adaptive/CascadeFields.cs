using System.Text.Json;
using AdaptiveServe.Engine.Strategies.Targets.Cascade;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Server.OpenAI.Fields;

namespace AdaptiveServe.Server.OpenAI.Adaptive;

/// <summary>The object <c>adaptive.cascade</c>: where the target <c>cascade</c> defers. Checked, and of no effect, with other targets.</summary>
internal static class CascadeFields
{
    private const double Far = 1e12;

    public static readonly WordField Rule = new("adaptive.cascade.rule", [.. CascadeOptions.RuleNames]);
    public static readonly NumberField Threshold = new("adaptive.cascade.threshold", -Far, Far);

    public static IReadOnlyList<IField> All { get; } = [Rule, Threshold];

    /// <param name="adaptive">The object around it.</param>
    /// <param name="defaults">What holds where a member is absent; a threshold only with its own rule.</param>
    /// <exception cref="ApiException">A member is unknown or wrong.</exception>
    public static CascadeOptions Read(JsonElement adaptive, CascadeOptions defaults)
    {
        if (AdaptiveFields.Cascade.Read(adaptive) is not { } cascade) return defaults;
        AdaptiveFields.RefuseUnknown(cascade, AdaptiveFields.Cascade, All);
        string rule = Rule.Read(cascade) ?? defaults.Rule;
        return new CascadeOptions { Rule = rule, Threshold = Threshold.Read(cascade) ?? (rule == defaults.Rule ? defaults.Threshold : null) };
    }
}
