using System.Text.Json.Serialization;

namespace AdaptiveServe.Lab.Training;

/// <summary>A line of a training's log.</summary>
/// <param name="Stage">Index of the stage.</param>
/// <param name="Step">Updates in the stage so far.</param>
/// <param name="Tokens">Tokens in all stages so far.</param>
/// <param name="Seconds">Of training so far, without checkpoints and interruptions.</param>
/// <param name="Loss">Mean cross-entropy in nats since the line before.</param>
/// <param name="TokensPerSecond">Since the line before.</param>
internal sealed record TrainingPoint(int Stage, int Step, long Tokens, double Seconds, double Loss, double TokensPerSecond)
{
    /// <summary>Share of held-out questions answered right, where it was measured.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Accuracy { get; init; }
}
