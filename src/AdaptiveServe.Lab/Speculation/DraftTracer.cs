using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Lab.Evaluation;
using AdaptiveServe.Torch.Adaptive;

namespace AdaptiveServe.Lab.Speculation;

/// <summary>Makes traces: one pass of the drafter over the answers, and its own continuation at each place where it would say something else.</summary>
internal sealed class DraftTracer(EvaluationModel model, DrafterPass drafter, AcceptanceHead? head)
{
    /// <param name="answers">Of the large model.</param>
    /// <param name="maxDraft">How far a draft may go on.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<IReadOnlyList<DraftTrace>> RunAsync(IReadOnlyList<Answer> answers, int maxDraft, CancellationToken cancellation)
    {
        IReadOnlyList<DraftSignals> signals = drafter.Read([.. answers.Select(answer => answer.Tokens)], [.. answers.Select(answer => answer.PromptLength)]);
        List<(int Answer, int Place)> partings = [];
        List<int[]> prefixes = [];
        for (int i = 0; i < answers.Count; i++)
        {
            for (int place = 0; place < answers[i].Count; place++)
            {
                if (Matches(answers[i], signals[i], place)) continue;
                partings.Add((i, place));
                prefixes.Add([.. answers[i].Tokens[..(answers[i].PromptLength + place)], signals[i].Tokens[place]]);
            }
        }

        IReadOnlyList<DraftSignals> beyond = await ContinueAsync(prefixes, maxDraft, cancellation);
        TracedToken[][][] further = [.. answers.Select(answer => new TracedToken[answer.Count][])];
        for (int i = 0; i < partings.Count; i++) further[partings[i].Answer][partings[i].Place] = Seen(beyond[i]);
        return
        [
            .. answers.Select((answer, i) => new DraftTrace(
                answer.Task, [.. Enumerable.Range(0, answer.Count).Select(place => Matches(answer, signals[i], place))], Seen(signals[i]), further[i])),
        ];
    }

    private static bool Matches(Answer answer, DraftSignals signals, int place) => signals.Tokens[place] == answer.Tokens[answer.PromptLength + place];

    private async Task<IReadOnlyList<DraftSignals>> ContinueAsync(IReadOnlyList<int[]> prefixes, int maxDraft, CancellationToken cancellation)
    {
        int context = Math.Min(model.Engine.Info.ContextLength, drafter.MaxLength);
        SamplingParams Sampling(int index, int[] prefix) => new() { Temperature = 0, IgnoreEos = true, MaxTokens = Math.Clamp(context - prefix.Length, 1, maxDraft) };
        int[][] texts = await AnswerSource.ContinueAsync(model, [.. prefixes.Where(prefix => prefix.Length < context)], "small", Sampling, () => { }, cancellation);
        Queue<int[]> continued = new(texts);
        int[][] all = [.. prefixes.Select(prefix => prefix.Length < context ? continued.Dequeue() : prefix)];
        // Where there is no room, the drafter's last token stands for what would follow: such a draft ends at the context's end anyway.
        return drafter.Read(all, [.. prefixes.Select((prefix, i) => all[i].Length == prefix.Length ? prefix.Length - 1 : prefix.Length)]);
    }

    private TracedToken[] Seen(DraftSignals signals) =>
    [
        .. Enumerable.Range(0, signals.Tokens.Length).Select(place => new TracedToken(
            signals.Entropies[place], signals.Logprobs[place],
            head?.Score(signals.State(place), (float)(signals.Entropies[place] * Math.Log(2)), signals.Logprobs[place]) ?? 1)),
    ];
}
