using AdaptiveServe.Lab.DemoSuite;

namespace AdaptiveServe.Lab.Speculation;

/// <summary>What an acceptance head learns from: states of the drafter, and whether the target took the token.</summary>
/// <param name="Width">Numbers of a state, the entropy in nats and the log-probability included.</param>
/// <param name="States">[examples, width], one after the other.</param>
/// <param name="Labels">1 where the token was accepted, else 0.</param>
internal sealed record AcceptanceExamples(int Width, float[] States, float[] Labels)
{
    /// <summary>Beside the hidden state: entropy and log-probability.</summary>
    public const int Extras = 2;

    /// <param name="drafter">The small model.</param>
    /// <param name="answers">Of the large model: what it says after a prefix is a draw from what it would accept there.</param>
    /// <param name="mixing">
    /// Chance of a token of the answer to stay where the drafter would say another (0.15 in the paper): the head must also know prefixes
    /// with refused tokens in them.
    /// </param>
    /// <param name="scoresLast">Whether a state is asked about the token that it has read last, as the released code does.</param>
    /// <param name="seed">Of the mixing.</param>
    public static AcceptanceExamples Of(DrafterPass drafter, IReadOnlyList<Answer> answers, double mixing, bool scoresLast, int seed)
    {
        int[] prompts = [.. answers.Select(answer => answer.PromptLength)];
        IReadOnlyList<DraftSignals> drafts = drafter.Read([.. answers.Select(answer => answer.Tokens)], prompts);
        Random random = new(Holdout.Seed("token mixing", seed));
        int[][] mixed = [.. answers.Select((answer, i) => Mix(answer, drafts[i], mixing, random))];
        IReadOnlyList<DraftSignals> states = drafter.Read(mixed, prompts);
        List<float> rows = [], labels = [];
        for (int i = 0; i < answers.Count; i++)
        {
            for (int place = scoresLast ? 1 : 0; place < answers[i].Count; place++)
            {
                int judged = scoresLast ? mixed[i][prompts[i] + place - 1] : states[i].Tokens[place];
                int said = answers[i].Tokens[prompts[i] + place - (scoresLast ? 1 : 0)];
                if (scoresLast && judged != drafts[i].Tokens[place - 1]) continue; // the answer's own token was not drafted
                rows.AddRange(states[i].State(place));
                rows.Add((float)(states[i].Entropies[place] * Math.Log(2)));
                rows.Add(states[i].Logprobs[place]);
                labels.Add(judged == said ? 1 : 0);
            }
        }

        return new AcceptanceExamples(drafter.HiddenSize + Extras, [.. rows], [.. labels]);
    }

    private static int[] Mix(Answer answer, DraftSignals drafts, double mixing, Random random)
    {
        int[] mixed = [.. answer.Tokens];
        for (int place = 0; place < answer.Count; place++)
            if (random.NextDouble() >= mixing) mixed[answer.PromptLength + place] = drafts.Tokens[place];
        return mixed;
    }
}
