using System.Text.Json;
using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Server.OpenAI.Fields;

namespace AdaptiveServe.Server.OpenAI.Adaptive;

/// <summary>The object <c>adaptive.entropy</c>: when the target <c>entropy</c> changes the model. Checked, and of no effect, with other targets.</summary>
internal static class EntropyFields
{
    private const double Far = 1e12;

    public static readonly WordField Criterion = new("adaptive.entropy.criterion", [.. EntropySwitchingOptions.CriterionNames]);
    public static readonly NumberField Threshold = new("adaptive.entropy.threshold", -Far, Far);
    public static readonly NumberField ThresholdDown = new("adaptive.entropy.threshold_down", -Far, Far);
    public static readonly BooleanField Replace = new("adaptive.entropy.replace");
    public static readonly IntegerField Window = new("adaptive.entropy.window", 1, EntropySwitchingOptions.MaxWindow);
    public static readonly IntegerField MinDwell = new("adaptive.entropy.min_dwell", 1, int.MaxValue);

    public static IReadOnlyList<IField> All { get; } = [Criterion, Threshold, ThresholdDown, Replace, Window, MinDwell];

    /// <param name="adaptive">The object around it.</param>
    /// <param name="defaults">What holds where a member is absent.</param>
    /// <exception cref="ApiException">A member is unknown or wrong, or members contradict each other.</exception>
    public static EntropySwitchingOptions Read(JsonElement adaptive, EntropySwitchingOptions defaults)
    {
        if (AdaptiveFields.Entropy.Read(adaptive) is not { } entropy) return defaults;
        AdaptiveFields.RefuseUnknown(entropy, AdaptiveFields.Entropy, All);
        EntropySwitchingOptions start = defaults.For(Criterion.Read(entropy) ?? defaults.Criterion);
        EntropySwitchingOptions options = start with
        {
            Threshold = Threshold.Read(entropy) ?? start.Threshold,
            ThresholdDown = ThresholdDown.Read(entropy) ?? start.ThresholdDown,
            Replace = Replace.Read(entropy) ?? defaults.Replace,
            Window = (int)(Window.Read(entropy) ?? defaults.Window),
            MinDwell = (int)(MinDwell.Read(entropy) ?? defaults.MinDwell),
        };
        if (options.ThresholdDown > options.Threshold)
            throw ApiException.Invalid(ThresholdDown.Name, FormattableString.Invariant(
                $"Invalid '{ThresholdDown.Name}': must be at most '{Threshold.Name}', which is {options.Threshold}."));
        return options;
    }
}
