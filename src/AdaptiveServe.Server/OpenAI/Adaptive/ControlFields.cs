using System.Text.Json;
using AdaptiveServe.Engine.Strategies.Targets.Controls;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Server.OpenAI.Fields;

namespace AdaptiveServe.Server.OpenAI.Adaptive;

/// <summary>
/// The object <c>adaptive.control</c>: how the targets <c>random</c> and <c>periodic</c>, controls for comparisons, divide an answer.
/// Checked, and of no effect, with other targets.
/// </summary>
internal static class ControlFields
{
    public static readonly NumberField Share = new("adaptive.control.share", 0, 1);
    public static readonly IntegerField Segment = new("adaptive.control.segment", 1, int.MaxValue);

    public static IReadOnlyList<IField> All { get; } = [Share, Segment];

    /// <param name="adaptive">The object around it.</param>
    /// <param name="defaults">What holds where a member is absent.</param>
    /// <exception cref="ApiException">A member is unknown or wrong.</exception>
    public static ControlOptions Read(JsonElement adaptive, ControlOptions defaults)
    {
        if (AdaptiveFields.Control.Read(adaptive) is not { } control) return defaults;
        AdaptiveFields.RefuseUnknown(control, AdaptiveFields.Control, All);
        return new ControlOptions
        {
            Share = Share.Read(control) ?? defaults.Share,
            Segment = (int)(Segment.Read(control) ?? defaults.Segment),
        };
    }
}
