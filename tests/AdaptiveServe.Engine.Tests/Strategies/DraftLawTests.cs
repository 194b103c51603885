using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Engine.Strategies.Targets.LargeOnly;
using AdaptiveServe.Engine.Tests.Strategies.Targets;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Engine.Tests.Strategies;

/// <summary>
/// Whoever drafts, what comes out has the large model's law: all outcomes of three tokens are counted over 200,000 draws and held against
/// their probabilities. Ways of verification that are wrong, some of them published, fail the same test.
/// </summary>
public class DraftLawTests
{
    private const int Vocabulary = 4, Length = 3, Outcomes = 64, Draws = 200_000, Rows = 64;

    private static readonly int[] Prompt = [1, 2, 1, 2];
    private static readonly ModelInfo Info = FakeModelRunner.TinyInfo(largeBlocks: 1024, smallBlocks: 1024, vocabulary: Vocabulary) with
    {
        LargeLayers = 2,
        LayerRanking = [0, 1],
        HasAcceptanceHead = true,
    };

    private static readonly ToyModelRunner Toy = new(Info);

    /// <summary>Chains of the small model, of fewer layers and of the text itself, and trees.</summary>
    [Theory]
    [InlineData("small", "fixed"), InlineData("small", "confidence"), InlineData("small", "svip"), InlineData("small", "adaedl")]
    [InlineData("small", "heuristic"), InlineData("small", "learned"), InlineData("self", "confidence")]
    [InlineData("ngram", "heuristic"), InlineData("recycling", "fixed"), InlineData("trigram", "fixed")]
    public void Draft_AnyDrafterAndRule_HasTheLargeModelsLaw(string proposal, string stop)
    {
        int[] counts = new int[Outcomes];
        (long drafted, long accepted) = Generate(proposal, new SpeculationOptions { Stop = stop, MaxDraft = 8, Governed = false }, counts);
        Assert.InRange(Statistic(counts), 0, MixtureLaw.Critical);
        Assert.InRange(accepted, drafted / 20, drafted - drafted / 20); // else only one way of ending was tested
        Assert.InRange(drafted, Draws / 4, long.MaxValue);
    }

    /// <summary>What the wrong ones are variants of: acceptance with min(1, p/q) and the residual distribution (Leviathan et al. 2023).</summary>
    [Fact]
    public void Reference_SpeculativeSampling_HasTheLargeModelsLaw() => Assert.InRange(Statistic(Reference(SpeculativeSampling)), 0, MixtureLaw.Critical);

    [Fact]
    public void Reference_DropsUnlikelyDrafts_IsNoticed() => Assert.True(Statistic(Reference(DropsUnlikelyDrafts)) > MixtureLaw.Critical);

    [Fact]
    public void Reference_SamplesOnceForEachPath_IsNoticed() => Assert.True(Statistic(Reference(SamplesOnceForEachPath)) > MixtureLaw.Critical);

    [Fact]
    public void Reference_ResidualOfTheUnprocessedDrafter_IsNoticed() => Assert.True(Statistic(Reference(UsesUnprocessedDrafter)) > MixtureLaw.Critical);

    [Fact]
    public void Reference_GoesOnFromTheRefusedDraft_IsNoticed() => Assert.True(Statistic(Reference(ReadsStaleDraft)) > MixtureLaw.Critical);

    private static (long Drafted, long Accepted) Generate(string proposal, SpeculationOptions speculation, int[] counts)
    {
        Assert.True(StrategyRegistry.BuiltIn.TryGetProposal(proposal, out IProposalStrategy? strategy));
        ToyModelRunner runner = new(Info);
        Scheduler scheduler = new(new EngineOptions { MaxSequences = Rows, PrefixCaching = false }, Info);
        long drafted = 0, accepted = 0;
        for (int drawn = 0; drawn < Draws; drawn += Rows)
        {
            Sequence[] sequences = [.. Enumerable.Range(drawn, Rows).Select(seed => Create(seed, speculation))];
            foreach (Sequence sequence in sequences)
            {
                IProposalPolicy policy = strategy!.CreatePolicy(sequence);
                scheduler.Add(new RunningSequence(sequence, new LargeOnlyStrategy(), policy, strategy.ChooseDraftRoute(sequence, Info)));
            }

            runner.Finish(scheduler);
            foreach (Sequence sequence in sequences)
            {
                counts[MixtureLaw.Index(sequence.Tokens[Prompt.Length..])]++;
                drafted += sequence.Stats.Drafted;
                accepted += sequence.Stats.Accepted;
            }
        }

        return (drafted, accepted);
    }

    private static Sequence Create(int seed, SpeculationOptions speculation) =>
        new(Prompt, new SamplingParams { MaxTokens = Length, IgnoreEos = true, Seed = (ulong)seed }) { Arrival = seed, Speculation = speculation };

    private static double Statistic(int[] counts)
    {
        double statistic = 0;
        for (int outcome = 0; outcome < Outcomes; outcome++)
        {
            int[] tokens = [.. Prompt, outcome / 16, outcome / 4 % 4, outcome % 4];
            double expected = Draws;
            for (int at = Prompt.Length; at < tokens.Length; at++) expected *= Law(ModelRole.Large, tokens.AsSpan(0, at))[tokens[at]];
            statistic += Math.Pow(counts[outcome] - expected, 2) / expected;
        }

        return statistic;
    }

    /// <summary>Counts what a rule gives that writes one token of a text, and may look at the draft that was refused last.</summary>
    private static int[] Reference(Func<List<int>, Random, int> next)
    {
        int[] counts = new int[Outcomes];
        Random random = new(7);
        for (int drawn = 0; drawn < Draws; drawn++)
        {
            List<int> tokens = [.. Prompt];
            while (tokens.Count < Prompt.Length + Length) tokens.Add(next(tokens, random));
            counts[MixtureLaw.Index(tokens.ToArray().AsSpan(Prompt.Length))]++;
        }

        return counts;
    }

    private static int SpeculativeSampling(List<int> tokens, Random random)
    {
        double[] p = Law(ModelRole.Large, tokens.ToArray()), q = Law(ModelRole.Small, tokens.ToArray());
        int draft = ToyModelRunner.Draw(q, random.NextDouble());
        return random.NextDouble() < p[draft] / q[draft] ? draft : Residual(p, q, random);
    }

    /// <summary>A stop rule that takes a drafted token back because of its own probability.</summary>
    private static int DropsUnlikelyDrafts(List<int> tokens, Random random)
    {
        double[] p = Law(ModelRole.Large, tokens.ToArray()), q = Law(ModelRole.Small, tokens.ToArray());
        int draft = ToyModelRunner.Draw(q, random.NextDouble());
        if (q[draft] < 0.3) return ToyModelRunner.Draw(p, random.NextDouble());
        return random.NextDouble() < p[draft] / q[draft] ? draft : Residual(p, q, random);
    }

    /// <summary>Two paths of a tree, each with a sample of its own; the one that meets its sample wins.</summary>
    private static int SamplesOnceForEachPath(List<int> tokens, Random random)
    {
        double[] p = Law(ModelRole.Large, tokens.ToArray());
        int first = ToyModelRunner.Draw(p, random.NextDouble()), second = ToyModelRunner.Draw(p, random.NextDouble());
        return first == 0 || second != 1 ? first : second;
    }

    /// <summary>The draft is drawn at half the temperature, and accepted as if it were not.</summary>
    private static int UsesUnprocessedDrafter(List<int> tokens, Random random)
    {
        double[] p = Law(ModelRole.Large, tokens.ToArray()), q = Law(ModelRole.Small, tokens.ToArray());
        double sum = q.Sum(chance => chance * chance);
        int draft = ToyModelRunner.Draw([.. q.Select(chance => chance * chance / sum)], random.NextDouble());
        return random.NextDouble() < p[draft] / q[draft] ? draft : Residual(p, q, random);
    }

    /// <summary>After a refused draft the next token is drawn as if the draft stood: its keys and values were not overwritten.</summary>
    private static int ReadsStaleDraft(List<int> tokens, Random random)
    {
        int[] prefix = tokens.ToArray();
        double[] q = Law(ModelRole.Small, prefix.AsSpan(0, prefix.Length - 1));
        int draft = Array.IndexOf(q, q.Max());
        if (prefix.Length > Prompt.Length && prefix[^1] != draft) prefix[^1] = draft;
        return ToyModelRunner.Draw(Law(ModelRole.Large, prefix), random.NextDouble());
    }

    private static int Residual(double[] p, double[] q, Random random)
    {
        double[] residual = [.. p.Zip(q, (a, b) => Math.Max(0, a - b))];
        double sum = residual.Sum();
        return ToyModelRunner.Draw([.. residual.Select(chance => chance / sum)], random.NextDouble());
    }

    private static double[] Law(ModelRole role, ReadOnlySpan<int> prefix) => Toy.Law(role, prefix).Law;
}
