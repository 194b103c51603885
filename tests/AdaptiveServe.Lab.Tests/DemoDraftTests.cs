using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Evaluation;
using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Torch;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Tests;

/// <summary>
/// What drafts promise, on the pair that comes with the project: 500 prompts with <c>ADAPTIVESERVE_LONG_TESTS=1</c>, else a few.
/// </summary>
public sealed class DemoDraftTests : IDisposable
{
    private static readonly string[] Proposals = ["small", "small", "small", "ngram", "recycling", "trigram", "self", "none"];
    private static readonly string[] Stops = [.. SpeculationOptions.StopRuleNames];

    private readonly EvaluationModel _pair;
    private readonly IReadOnlyList<EvaluationExample> _examples;

    public DemoDraftTests()
    {
        DemoPair? found = DemoPair.Find();
        Assert.SkipWhen(found is null, "models/demo is not there");
        _pair = EvaluationModel.Load(
            new TorchRunnerOptions { Model = found!.Large, SmallModel = found.Small, Threads = 1, KvMemory = "0.2" }, concurrency: 16);
        int count = Environment.GetEnvironmentVariable("ADAPTIVESERVE_LONG_TESTS") == "1" ? 500 : 40;
        _examples = EvaluationSuite.Load(EvaluationSuite.Demo, count, seed: 6, Difficulty.InRange);
    }

    public void Dispose() => _pair.Dispose();

    /// <summary>Every drafter and stop rule beside the others, in batches of one to sixteen, greedy and sampled with penalties.</summary>
    [Fact]
    public async Task Replies_AnyDraftersInABatch_AreThePlainOnes()
    {
        int[][] prompts = [.. _examples.Select((example, index) => Evaluator.Encode(_pair, example, index))];
        int[][] plain = new int[prompts.Length][];
        for (int from = 0; from < prompts.Length; from += 16) await RunAsync(from, Math.Min(16, prompts.Length - from), i => Create(prompts[i], i), plain);
        Dictionary<string, long> accepted = [];
        for (int from = 0, size = 1; from < prompts.Length; from += size, size = size % 16 + 1)
        {
            int[][] drafted = new int[prompts.Length][];
            int count = Math.Min(size, prompts.Length - from);
            Sequence[] sequences = await RunAsync(from, count, i => Draft(prompts[i], i), drafted);
            for (int i = from; i < from + count; i++) Assert.Equal(plain[i], drafted[i]);
            foreach (Sequence sequence in sequences)
                accepted[sequence.Proposal] = accepted.GetValueOrDefault(sequence.Proposal) + sequence.Stats.Accepted;
        }

        foreach (string proposal in Proposals.Where(name => name != "none").Distinct()) Assert.InRange(accepted[proposal], 1, long.MaxValue);
    }

    private async Task<Sequence[]> RunAsync(int from, int count, Func<int, Sequence> create, int[][] replies)
    {
        Sequence[] sequences = [.. Enumerable.Range(from, count).Select(i => create(i))];
        Assert.Equal(SubmitResult.Accepted, _pair.Engine.Submit(sequences));
        for (int i = 0; i < count; i++)
        {
            List<int> tokens = [];
            await foreach (GeneratedToken token in sequences[i].Output.ReadAllAsync(TestContext.Current.CancellationToken)) tokens.Add(token.Id);
            Assert.Null(sequences[i].Error);
            replies[from + i] = [.. tokens];
        }

        return sequences;
    }

    private static Sequence Create(int[] prompt, int index) => new(prompt, Sampling(index));

    private static Sequence Draft(int[] prompt, int index) => new(prompt, Sampling(index))
    {
        Proposal = Proposals[index % Proposals.Length],
        Speculation = new() { Stop = Stops[index / 2 % Stops.Length], MaxDraft = 1 + index * 7 % 20, Governed = index % 5 == 0 },
    };

    private static SamplingParams Sampling(int index) => index % 3 < 2
        ? new() { Temperature = 0, MaxTokens = 80 }
        : new() { Temperature = 0.8f, TopP = 0.95f, RepetitionPenalty = 1.1f, PresencePenalty = 0.2f, Seed = (ulong)index, MaxTokens = 80 };
}
