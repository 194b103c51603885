using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Lab.Evaluation.Suites;

namespace AdaptiveServe.Lab.Evaluation.Results;

/// <param name="Example">What was asked.</param>
/// <param name="Reply">What was replied.</param>
/// <param name="IsCorrect">Whether the checker passes it.</param>
/// <param name="IsTruncated">Whether the reply ended at its length limit, and not where the model ended it.</param>
/// <param name="PromptTokens">Length of the prompt.</param>
/// <param name="CompletionTokens">Length of the reply, its end token included.</param>
/// <param name="Stats">What it cost.</param>
/// <param name="Route">The layers of the large model that it ran, or null for all.</param>
/// <param name="RoutedTokens">Tokens of the reply that came along the route.</param>
internal sealed record ExampleResult(
    EvaluationExample Example, string Reply, bool IsCorrect, bool IsTruncated, int PromptTokens, int CompletionTokens, SequenceStats Stats,
    LayerRoute? Route, long RoutedTokens)
{
    /// <summary>What is known of each token, the end token included; empty unless it was asked to be kept.</summary>
    public IReadOnlyList<GeneratedToken> Tokens { get; init; } = [];

    /// <param name="example">What was asked.</param>
    /// <param name="sequence">The finished sequence.</param>
    /// <param name="reply">What it said.</param>
    public static ExampleResult Of(EvaluationExample example, Sequence sequence, string reply) => new(
        example, reply, example.Checker.Passes(reply, example.Answer), sequence.FinishReason == FinishReason.Length,
        sequence.PromptLength, sequence.GeneratedCount, sequence.Stats, sequence.Route, sequence.CountRouted(sequence.Stats.LargeTokens));
}
