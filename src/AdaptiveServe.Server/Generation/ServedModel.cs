using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Text.ChatTemplates;
using AdaptiveServe.Text.Tokenizers;
using AdaptiveServe.Torch.Adaptive;

namespace AdaptiveServe.Server.Generation;

/// <summary>The model, or the pair, that this server serves.</summary>
/// <param name="Name">Its name in the API.</param>
/// <param name="Tokenizer">The tokenizer of both models.</param>
/// <param name="ChatTemplates">How it wants conversations written; null when it was not made for any.</param>
/// <param name="Engine">Runs it; started.</param>
/// <param name="Created">When it was loaded.</param>
internal sealed record ServedModel(string Name, TextTokenizer Tokenizer, ChatTemplateSet? ChatTemplates, InferenceEngine Engine, DateTimeOffset Created)
{
    /// <value>What settings of entropy switching bring with this pair; null where that was not measured.</value>
    public EntropyCalibration? Calibration { get; init; }
}
