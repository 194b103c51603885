using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Targets.Cascade;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Engine.Tests.Strategies.Targets.Cascade;

/// <summary>What comes out has the law of the mixture: all outcomes of three tokens are counted and held against their probabilities.</summary>
public class CascadeLawTests
{
    private const int Vocabulary = 4, Length = 3, Outcomes = 64, Draws = 20_000;
    private const double Critical = 103.4; // of chi-square with 63 degrees of freedom at 0.001

    private static readonly int[] Prompt = [1, 2];

    [Theory]
    [InlineData("difference", 0.05, 1), InlineData("difference", 0.05, 2), InlineData("difference", -0.1, 8)]
    [InlineData("confidence", 0.5, 1), InlineData("confidence", 0.5, 8), InlineData("entropy", 1.5, 3)]
    public void Sample_AnyRuleAndDraft_HasTheLawOfTheMixture(string rule, double threshold, int maxDraft)
    {
        (double statistic, int deferred) = Compare(new() { Rule = rule, Threshold = threshold }, maxDraft);
        Assert.InRange(statistic, 0, Critical);
        Assert.InRange(deferred, Draws / 20, Draws * Length - Draws / 20); // else only one model was tested
    }

    /// <summary>A rule that deferred because of the token that was drawn would sample another law.</summary>
    [Theory, InlineData(1), InlineData(4)]
    public void Sample_RuleThatLooksAtTheToken_IsNoticed(int maxDraft) =>
        Assert.True(Compare(new() { Rule = "confidence", Threshold = 0.5 }, maxDraft, DistrustUnlikely).Statistic > Critical);

    private static void DistrustUnlikely(StepBatch batch, StepResult result)
    {
        if (batch.Role == ModelRole.Large) return;
        for (int sample = 0; sample < result.Count; sample++)
            if (result.Logprobs[sample] < Math.Log(0.3)) result.TopProbabilities[sample] = 0;
    }

    private static (double Statistic, int Deferred) Compare(CascadeOptions options, int maxDraft, Action<StepBatch, StepResult>? sabotage = null)
    {
        ModelInfo info = FakeModelRunner.TinyInfo(largeBlocks: 64, smallBlocks: 64, vocabulary: Vocabulary);
        using ToyModelRunner runner = new(info);
        Scheduler scheduler = new(new EngineOptions { MaxSequences = 16 }, info);
        int[] counts = new int[Outcomes];
        int deferred = 0;
        for (int drawn = 0; drawn < Draws; drawn += 16)
        {
            Sequence[] sequences = [.. Enumerable.Range(drawn, 16).Select(Create)];
            foreach (Sequence sequence in sequences)
                scheduler.Add(new RunningSequence(sequence, new CascadePolicy(options), maxDraft > 1 ? new FixedDrafts(maxDraft) : null));
            Finish(scheduler, runner, sabotage);
            foreach (Sequence sequence in sequences)
            {
                counts[Index(sequence.Tokens[Prompt.Length..])]++;
                deferred += sequence.Stats.LargeTokens;
            }
        }

        double[] law = Law(runner, new CascadePolicy(options));
        Assert.Equal(1, law.Sum(), 1e-9);
        return (counts.Zip(law).Sum(cell => Math.Pow(cell.First - Draws * cell.Second, 2) / (Draws * cell.Second)), deferred);
    }

    private static Sequence Create(int seed) => new(Prompt, new SamplingParams { MaxTokens = Length, IgnoreEos = true, Seed = (ulong)seed })
    {
        Arrival = seed,
    };

    private static void Finish(Scheduler scheduler, ToyModelRunner runner, Action<StepBatch, StepResult>? sabotage)
    {
        while (scheduler.HasWork)
        {
            scheduler.Admit();
            foreach (ModelRole role in (ModelRole[])[ModelRole.Small, ModelRole.Small, ModelRole.Large])
            {
                StepBatch batch = scheduler.Schedule(role);
                if (batch.IsEmpty) continue;
                StepResult result = runner.Execute(batch);
                sabotage?.Invoke(batch, result);
                scheduler.Update(batch, result);
            }
        }
    }

    /// <summary>The probability of each outcome under the mixture, by enumeration.</summary>
    private static double[] Law(ToyModelRunner runner, IMixturePolicy policy)
    {
        double[] law = new double[Outcomes];
        for (int outcome = 0; outcome < Outcomes; outcome++)
        {
            int[] tokens = [.. Prompt, outcome / 16, outcome / 4 % 4, outcome % 4];
            law[outcome] = 1;
            for (int at = Prompt.Length; at < tokens.Length; at++)
            {
                (double[] small, ModelView smallView) = runner.Law(ModelRole.Small, tokens.AsSpan(0, at));
                (double[] large, ModelView largeView) = runner.Law(ModelRole.Large, tokens.AsSpan(0, at));
                law[outcome] *= (policy.Defers(smallView, largeView) ? large : small)[tokens[at]];
            }
        }

        return law;
    }

    private static int Index(ReadOnlySpan<int> tokens) => tokens[0] * 16 + tokens[1] * 4 + tokens[2];
}
