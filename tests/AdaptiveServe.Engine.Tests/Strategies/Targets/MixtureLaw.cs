using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Engine.Tests.Strategies.Targets;

/// <summary>Whether what comes out has the law of a mixture: all outcomes of three tokens are counted and held against their probabilities.</summary>
internal static class MixtureLaw
{
    public const int Draws = 20_000, Length = 3;

    /// <summary>Of chi-square with 63 degrees of freedom at 0.001.</summary>
    public const double Critical = 103.4;

    private const int Vocabulary = 4, Outcomes = 64;

    private static readonly int[] Prompt = [1, 2];

    /// <param name="create">Makes the policy of a sequence.</param>
    /// <param name="maxDraft">Tokens of a draft; with 1 nobody drafts that need not.</param>
    /// <param name="sabotage">What is done to results before the scheduler sees them.</param>
    /// <returns>The chi-square statistic, and how many tokens the large model gave.</returns>
    public static (double Statistic, int FromLarge) Compare(
        Func<ITargetPolicy> create, int maxDraft, Action<StepBatch, StepResult>? sabotage = null)
    {
        ModelInfo info = FakeModelRunner.TinyInfo(largeBlocks: 64, smallBlocks: 64, vocabulary: Vocabulary);
        using ToyModelRunner runner = new(info);
        Scheduler scheduler = new(new EngineOptions { MaxSequences = 16 }, info);
        int[] counts = new int[Outcomes];
        int fromLarge = 0;
        for (int drawn = 0; drawn < Draws; drawn += 16)
        {
            Sequence[] sequences = [.. Enumerable.Range(drawn, 16).Select(CreateSequence)];
            foreach (Sequence sequence in sequences)
                scheduler.Add(new RunningSequence(sequence, create(), maxDraft > 1 ? new FixedDrafts(maxDraft) : null));
            runner.Finish(scheduler, sabotage);
            foreach (Sequence sequence in sequences)
            {
                counts[Index(sequence.Tokens[Prompt.Length..])]++;
                fromLarge += sequence.Stats.LargeTokens;
            }
        }

        double[] law = [.. Enumerable.Range(0, Outcomes).Select(outcome => Probability(runner, create(), outcome))];
        Assert.Equal(1, law.Sum(), 1e-9);
        return (counts.Zip(law).Sum(cell => Math.Pow(cell.First - Draws * cell.Second, 2) / (Draws * cell.Second)), fromLarge);
    }

    /// <summary>A sabotage: the rule comes to depend on the token that the small model drew.</summary>
    public static void DistrustUnlikely(StepBatch batch, StepResult result)
    {
        if (batch.Role == ModelRole.Large) return;
        for (int sample = 0; sample < result.Count; sample++)
            if (result.Logprobs[sample] < Math.Log(0.3)) result.TopProbabilities[sample] = 0;
    }

    /// <summary>The number of an outcome.</summary>
    public static int Index(ReadOnlySpan<int> tokens) => tokens[0] * 16 + tokens[1] * 4 + tokens[2];

    private static Sequence CreateSequence(int seed) => new(Prompt, new SamplingParams { MaxTokens = Length, IgnoreEos = true, Seed = (ulong)seed })
    {
        Arrival = seed,
    };

    /// <summary>The probability of an outcome under the mixture that a policy defines.</summary>
    private static double Probability(ToyModelRunner runner, ITargetPolicy policy, int outcome)
    {
        int[] tokens = [.. Prompt, outcome / 16, outcome / 4 % 4, outcome % 4];
        Sequence sequence = new(Prompt, new SamplingParams());
        double probability = 1;
        for (int at = Prompt.Length; at < tokens.Length; at++)
        {
            (double[] small, ModelView smallView) = runner.Law(ModelRole.Small, tokens.AsSpan(0, at));
            (double[] large, ModelView largeView) = runner.Law(ModelRole.Large, tokens.AsSpan(0, at));
            bool isLarge = policy is IMixturePolicy mixture
                ? mixture.Defers(smallView, largeView)
                : policy.Plan(sequence).Role == ModelRole.Large || policy.Withholds(smallView);
            probability *= (isLarge ? large : small)[tokens[at]];
            ModelView view = isLarge ? largeView : smallView;
            policy.Observe(new GeneratedToken(tokens[at], isLarge ? ModelRole.Large : ModelRole.Small, view.Entropy, 0, null, false, false)
            {
                TopProbability = view.TopProbability,
            });
        }

        return probability;
    }
}
