using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Evaluation;
using AdaptiveServe.Lab.Evaluation.Suites;

namespace AdaptiveServe.Lab.LayerRouting.Search;

/// <summary>Searches the paths of many prompts, several at a time.</summary>
/// <param name="model">Whose layers; it must know <paramref name="reference"/>.</param>
/// <param name="reference">Drafts the replies of the whole model.</param>
/// <param name="options">Of the tree search.</param>
/// <param name="seed">Of its choices.</param>
/// <param name="isSure">Goes along the ranking as far as all is right (<see cref="PathSearch.RunSureAsync"/>), and searches nothing.</param>
internal sealed class LabelSearch(EvaluationModel model, ReferenceStrategy reference, PathTreeOptions options, int seed, bool isSure = false)
{
    private const int MaxReplyTokens = 512;

    // Of a search many paths are tried at once, of a walk along the ranking one.
    private readonly int _promptsAtATime = isSure ? 48 : 12;

    /// <param name="examples">What is asked.</param>
    /// <param name="file">What is known already; what is found is added.</param>
    /// <param name="onDone">Called for each example, by any thread.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The label of each example.</returns>
    public async Task<PathLabel[]> RunAsync(IReadOnlyList<EvaluationExample> examples, LabelFile file, Action onDone, CancellationToken cancellation)
    {
        var labels = new PathLabel[examples.Count];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = _promptsAtATime, CancellationToken = cancellation };
        await Parallel.ForAsync(0, examples.Count, parallel, async (index, stopping) =>
        {
            if (!file.Known.TryGetValue(examples[index].Hash, out PathLabel? label))
            {
                label = await SearchAsync(examples[index], index, stopping);
                file.Add(label);
            }

            labels[index] = label;
            onDone();
        });
        return labels;
    }

    private async Task<PathLabel> SearchAsync(EvaluationExample example, int index, CancellationToken cancellation)
    {
        int[] prompt = Evaluator.Encode(model, example, index);
        int room = model.Engine.Info.ContextLength - prompt.Length;
        Sequence sequence = new(prompt, new SamplingParams { Temperature = 0, MaxTokens = Math.Min(MaxReplyTokens, room) });
        string reply = await ReplyWriter.RunAsync(model, sequence, null, cancellation);
        bool isRight = example.Checker.Passes(reply, example.Answer);
        RouteTrial trial = new(model, reference, new SearchPrompt(example, prompt, sequence.Tokens[prompt.Length..].ToArray(), isRight), cancellation);
        Random random = new(Holdout.Seed(example.Hash, seed));
        PathSearch search = new(trial, model.Engine.Info.LayerRanking, options, random);
        return await (isSure ? search.RunSureAsync(example.Hash, example.Task) : search.RunAsync(example.Hash, example.Task));
    }
}
