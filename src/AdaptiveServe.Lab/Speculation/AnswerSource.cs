using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Lab.Evaluation;
using AdaptiveServe.Lab.Evaluation.Suites;

namespace AdaptiveServe.Lab.Speculation;

/// <summary>Lets the engine continue prompts, many at once.</summary>
internal static class AnswerSource
{
    /// <summary>Answers of the large model.</summary>
    /// <param name="model">Who answers.</param>
    /// <param name="examples">What is asked.</param>
    /// <param name="options">How tokens are chosen; its proposal and target do not matter.</param>
    /// <param name="onDone">Called after each answer.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<IReadOnlyList<Answer>> RunAsync(
        EvaluationModel model, IReadOnlyList<EvaluationExample> examples, EvaluationOptions options, Action onDone, CancellationToken cancellation)
    {
        int[][] prompts = [.. examples.Select((example, index) => Evaluator.Encode(model, example, index))];
        int context = model.Engine.Info.ContextLength;
        int[][] tokens = await ContinueAsync(model, prompts, "large", (index, prompt) => options.Sampling(index, context - prompt.Length), onDone, cancellation);
        return [.. examples.Select((example, index) => new Answer(example.Task, tokens[index], prompts[index].Length))];
    }

    /// <summary>The prompts with what one of the models makes of them.</summary>
    public static async Task<int[][]> ContinueAsync(
        EvaluationModel model, IReadOnlyList<int[]> prompts, string target, Func<int, int[], SamplingParams> sampling, Action onDone,
        CancellationToken cancellation)
    {
        int[][] results = new int[prompts.Count][];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = model.Concurrency, CancellationToken = cancellation };
        await Parallel.ForAsync(0, prompts.Count, parallel, async (index, stopping) =>
        {
            Sequence sequence = new(prompts[index], sampling(index, prompts[index])) { Target = target };
            await ReplyWriter.RunAsync(model, sequence, null, stopping);
            results[index] = sequence.Tokens.ToArray();
            onDone();
        });
        return results;
    }
}
