using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Lab.Evaluation.Suites;

namespace AdaptiveServe.Lab.Evaluation.Methods;

/// <summary>How unsure the small model is of prompts: what a router of whole prompts can know before the reply.</summary>
internal static class PromptEntropies
{
    /// <returns>For each example the mean entropy in bits over its prompt; 0 for a prompt of one token.</returns>
    public static async Task<double[]> MeasureAsync(
        EvaluationModel model, IReadOnlyList<EvaluationExample> examples, CancellationToken cancellation)
    {
        double[] entropies = new double[examples.Count];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = model.Concurrency, CancellationToken = cancellation };
        await Parallel.ForAsync(0, examples.Count, parallel, async (index, stopping) =>
        {
            Sequence sequence = new(Evaluator.Encode(model, examples[index], index), new SamplingParams { MaxTokens = 0, PromptLogprobs = 0 })
            {
                Target = "small",
            };
            await ReplyWriter.RunAsync(model, sequence, null, stopping);
            entropies[index] = double.IsNaN(sequence.MeanPromptEntropy) ? 0 : sequence.MeanPromptEntropy;
        });
        return entropies;
    }
}
