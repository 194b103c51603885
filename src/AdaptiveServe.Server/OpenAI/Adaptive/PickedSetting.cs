using System.Text.Json.Serialization;
using AdaptiveServe.Torch.Adaptive;

namespace AdaptiveServe.Server.OpenAI.Adaptive;

/// <summary>The calibrated setting that a request for a quality was given, and what was measured with it.</summary>
/// <param name="Criterion">What says how unsure the active model is.</param>
/// <param name="Threshold">What it must exceed for the large model to take over.</param>
/// <param name="ThresholdDown">Where the small model takes over again; null where it always does after the dwell.</param>
/// <param name="Replace">Whether the doubtful token itself is the large model's.</param>
/// <param name="Window">Tokens that the criterion is a mean of.</param>
/// <param name="MinDwell">Tokens that a model gives before the other may take over.</param>
/// <param name="Quality">Share of the large model's accuracy in the calibration.</param>
/// <param name="GeneratedByLarge">Share of the tokens that the large model generated there.</param>
internal sealed record PickedSetting(
    string Criterion, double Threshold, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? ThresholdDown,
    bool Replace, int Window, int MinDwell, double Quality, double GeneratedByLarge)
{
    public static PickedSetting? Of(CalibrationPoint? point) => point is null ? null : new PickedSetting(
        point.Criterion, point.Threshold, point.ThresholdDown ?? (point.Replace ? null : point.Threshold), point.Replace, point.Window,
        point.MinDwell, point.Quality, point.GeneratedByLarge);
}
