using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;
using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Evaluation.Routing;

/// <summary>
/// Ranks layers by what their loss costs: again and again the layer goes without which the rest finds the whole model's replies likeliest.
/// </summary>
internal static class LayerRanker
{
    /// <summary>How many replies are scored in all.</summary>
    public static int CountScores(int layers, int replies) => replies * (layers * (layers + 1) / 2 - 1);

    /// <param name="model">Whose layers.</param>
    /// <param name="replies">What the whole model replied.</param>
    /// <param name="onDone">Called after each score, by any thread.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>Every layer once, the one that is missed least first.</returns>
    public static async Task<IReadOnlyList<int>> RankAsync(
        EvaluationModel model, IReadOnlyList<ScoredReply> replies, Action onDone, CancellationToken cancellation)
    {
        List<int> left = [.. Enumerable.Range(0, model.Engine.Info.LargeLayers)];
        List<int> ranking = [];
        while (left.Count > 1)
        {
            double[] losses = await LossesAsync(model, left, replies, onDone, cancellation);
            int least = Array.IndexOf(losses, losses.Min());
            ranking.Add(left[least]);
            left.RemoveAt(least);
        }

        return [.. ranking, left[0]];
    }

    /// <summary>For each layer, the loss of the replies along the route of all others.</summary>
    private static async Task<double[]> LossesAsync(
        EvaluationModel model, List<int> layers, IReadOnlyList<ScoredReply> replies, Action onDone, CancellationToken cancellation)
    {
        double[] scores = new double[layers.Count * replies.Count];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = model.Concurrency, CancellationToken = cancellation };
        await Parallel.ForAsync(0, scores.Length, parallel, async (index, stopping) =>
        {
            int without = layers[index / replies.Count];
            int[] route = [.. layers.Where(layer => layer != without)];
            scores[index] = await ScoreAsync(model, replies[index % replies.Count], route, stopping);
            onDone();
        });
        return [.. Enumerable.Range(0, layers.Count).Select(layer => scores.AsSpan(layer * replies.Count, replies.Count).ToArray().Sum())];
    }

    /// <summary>Minus the log-probability of a reply, in nats.</summary>
    private static async Task<double> ScoreAsync(EvaluationModel model, ScoredReply reply, int[] route, CancellationToken cancellation)
    {
        Sequence sequence = new(reply.Tokens, new SamplingParams { MaxTokens = 0, PromptLogprobs = 0 })
        {
            Target = "routed",
            Routing = new RoutingOptions { Layers = route },
        };
        SubmitResult submitted = model.Engine.Submit(sequence);
        if (submitted != SubmitResult.Accepted) throw new LabException($"the engine does not score a reply ({submitted})");
        while (await sequence.Output.WaitToReadAsync(cancellation)) sequence.Output.TryRead(out _);
        if (sequence.FinishReason != FinishReason.Length) throw new LabException($"the engine failed: {model.Failure ?? sequence.Error ?? "it was stopped"}");
        return -sequence.PromptLogprobs.Skip(reply.PromptLength).Sum(logprobs => (double)logprobs[0].Logprob);
    }
}
