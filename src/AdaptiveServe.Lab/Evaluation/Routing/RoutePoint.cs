using AdaptiveServe.Lab.Evaluation.Results;
using AdaptiveServe.Lab.Evaluation.Statistics;

namespace AdaptiveServe.Lab.Evaluation.Routing;

/// <summary>What one way to leave layers out made of a suite.</summary>
/// <param name="Router">Name of the router; <c>large</c> for the whole model, which all are compared with.</param>
/// <param name="Budget">Share of layers that was asked for.</param>
/// <param name="Score">Accuracy and its interval.</param>
/// <param name="Difference">From the whole model, on the same prompts.</param>
/// <param name="Layers">Layers over all generated tokens.</param>
/// <param name="ExecutedShare">Passes through layers for each layer of the whole model; a second pass counts as one.</param>
/// <param name="TokensPerSecond">Completion tokens, all sequences together; null where speed was not measured.</param>
internal sealed record RoutePoint(
    string Router, double Budget, Score Score, Difference Difference, LayerTotals Layers, double ExecutedShare, double? TokensPerSecond)
{
    public static RoutePoint Of(string router, double budget, EvaluationResult result, EvaluationResult whole, bool isTimed)
    {
        LayerTotals layers = result.Costs.Layers;
        sbyte[] differences =
            [.. result.Examples.Zip(whole.Examples, (now, before) => (sbyte)((now.IsCorrect ? 1 : 0) - (before.IsCorrect ? 1 : 0)))];
        return new RoutePoint(router, budget, result.Total, PairedBootstrap.Compare(differences), layers,
            (layers.Executed + layers.Repeated) / (double)(layers.Executed + layers.Skipped), isTimed ? result.TokensPerSecond : null);
    }
}
