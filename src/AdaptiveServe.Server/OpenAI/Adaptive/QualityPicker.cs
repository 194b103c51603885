using System.Text.Json;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Torch.Adaptive;

namespace AdaptiveServe.Server.OpenAI.Adaptive;

/// <summary>Turns <c>adaptive.quality</c> into the cheapest calibrated setting of the target <c>entropy</c> that keeps it.</summary>
internal static class QualityPicker
{
    /// <param name="adaptive">The object that asks for it.</param>
    /// <param name="quality">Share of the large model's quality, in (0, 1].</param>
    /// <param name="settings">What else the request says.</param>
    /// <param name="model">Whose calibration.</param>
    /// <exception cref="ApiException">There is no calibration, or the request also says how to get there.</exception>
    public static AdaptiveSettings Pick(JsonElement adaptive, double quality, AdaptiveSettings settings, ServedModel model)
    {
        if (AdaptiveFields.Target.Read(adaptive) is { } target && target != "entropy")
            throw Refused($"'quality' chooses a setting of the target 'entropy', and the request asks for '{target}'.");
        if (AdaptiveFields.Entropy.Read(adaptive) is not null)
            throw Refused("'quality' chooses what 'entropy' would set: a request has one of them.");
        if (model.Calibration is not { } calibration)
        {
            throw Refused("There is no calibration for this model, so that nobody knows what keeps a quality. "
                + $"'adaptiveserve-lab calibrate entropy' writes {EntropyCalibration.FileName} beside the large model.", "no_calibration");
        }

        CalibrationPoint point = calibration.Pick(quality);
        return settings with { Target = "entropy", Entropy = point.ToOptions(), Picked = point };
    }

    private static ApiException Refused(string message, string code = "invalid_value") =>
        ApiException.Invalid(AdaptiveFields.Quality.Name, message, code);
}
