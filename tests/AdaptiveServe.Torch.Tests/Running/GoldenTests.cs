using AdaptiveServe.Engine;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Torch.Tests.Compute;

namespace AdaptiveServe.Torch.Tests.Running;

public class GoldenTests
{
    [Theory, MemberData(nameof(GoldenModel.NamesAndBackends), MemberType = typeof(GoldenModel))]
    public async Task Generate_GreedyAlone_GivesGoldenIds(string name, string backend)
    {
        GoldenModel model = GoldenModel.Load(name);
        using InferenceEngine engine = model.Start(options => options.Choose(backend));
        foreach (GoldenCase golden in model.Cases)
            Assert.Equal(golden.GreedyIds, await engine.GenerateAsync(new Sequence(golden.PromptIds, golden.Greedy())));
    }

    /// <summary>Where weights, or keys and values, are rounded: how often the most likely token after a golden text's beginning is its next.</summary>
    [Theory]
    [InlineData("stories260K", "auto", "bfloat16", 0.95), InlineData("stories260K", "auto", "float16", 0.99)]
    [InlineData("stories260K", "int8", "auto", 0.95), InlineData("stories260K", "int8", "bfloat16", 0.93)]
    [InlineData("babyllama-105", "auto", "bfloat16", 0.95), InlineData("babyllama-105", "int8", "auto", 0.95)]
    public async Task Score_RoundedModel_AgreesWithGoldenIds(string name, string dtype, string kvDType, double atLeast)
    {
        GoldenModel model = GoldenModel.Load(name);
        using InferenceEngine engine = model.Start(options => (options.DType, options.KvDType) = (dtype, kvDType));
        int same = 0, all = 0;
        foreach (GoldenCase golden in model.Cases)
        {
            int[] ids = [.. golden.PromptIds, .. golden.GreedyIds];
            var sequence = new Sequence(ids, new SamplingParams { MaxTokens = 0, PromptLogprobs = 1 });
            Assert.Empty(await engine.GenerateAsync(sequence));
            for (int i = golden.PromptIds.Length; i < ids.Length; i++, all++)
                if (sequence.PromptLogprobs[i][1].Id == ids[i]) same++;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{same} of {all}");
        Assert.InRange((double)same / all, atLeast, 1);
    }

    /// <summary>All logits of the last prompt position, as log-probabilities, and through them the logits up to a constant.</summary>
    [Theory, MemberData(nameof(GoldenModel.NamesAndBackends), MemberType = typeof(GoldenModel))]
    public async Task Generate_TopLogprobs_GiveGoldenLogits(string name, string backend)
    {
        GoldenModel model = GoldenModel.Load(name);
        using InferenceEngine engine = model.Start(options => options.Choose(backend));
        foreach (GoldenCase golden in model.Cases)
        {
            int vocabulary = golden.FirstLogits.Length;
            var sequence = new Sequence(golden.PromptIds, new SamplingParams { Temperature = 0, MaxTokens = 1, Logprobs = vocabulary });
            Assert.Equal(SubmitResult.Accepted, engine.Submit(sequence));
            Assert.True(await sequence.Output.WaitToReadAsync(TestContext.Current.CancellationToken));
            Assert.True(sequence.Output.TryRead(out GeneratedToken token));
            double logSumExp = Math.Log(golden.FirstLogits.Sum(logit => Math.Exp(logit)));
            Assert.Equal(vocabulary, token.TopLogprobs!.Length);
            foreach (TokenLogprob logprob in token.TopLogprobs)
                Assert.Equal(golden.FirstLogits[logprob.Id] - logSumExp, logprob.Logprob, 1e-4);
        }
    }

    [Theory, MemberData(nameof(GoldenModel.NamesAndBackends), MemberType = typeof(GoldenModel))]
    public async Task Generate_PromptLogprobs_GiveGoldenLoss(string name, string backend)
    {
        GoldenModel model = GoldenModel.Load(name);
        using InferenceEngine engine = model.Start(options => options.Choose(backend), new EngineOptions { MaxSequences = 4, MaxBatchTokens = 7 });
        foreach (GoldenCase golden in model.Cases)
        {
            if (golden.PromptMeanNll is not { } expected) continue;
            var sequence = new Sequence(golden.PromptIds, new SamplingParams { MaxTokens = 0, PromptLogprobs = 0 });
            Assert.Empty(await engine.GenerateAsync(sequence));
            double nll = -sequence.PromptLogprobs.Skip(1).Average(token => (double)token[0].Logprob);
            Assert.Equal(expected, nll, 1e-4);
        }
    }

    /// <summary>Many at once, in chunks, preempted, with shared prefixes: each gives what it gives alone.</summary>
    [Theory]
    [InlineData("stories260K", "auto", 1)]
    [InlineData("stories260K", "auto", 2)]
    [InlineData("stories260K", "libtorch", 1)]
    [InlineData("babyllama-105", "auto", 2)]
    [InlineData("babyllama-105", "libtorch", 1)]
    [InlineData("stories260K", "recorded", 1)]
    public async Task Generate_ManyAtOnce_EachGivesGoldenIds(string name, string backend, int threads)
    {
        GoldenModel model = GoldenModel.Load(name);
        foreach ((int rows, int budget, int block, string memory) in new[] { (1, 5, 16, "0.05"), (4, 9, 1, "0.05"), (32, 64, 7, "0.002"), (32, 512, 16, "0.0015") })
        {
            using InferenceEngine engine = model.Start(
                options =>
                {
                    options.Choose(backend);
                    (options.Threads, options.BlockSize, options.KvMemory) = (threads, block, memory);
                },
                new EngineOptions { MaxSequences = rows, MaxBatchTokens = budget });
            var sequences = new List<(Sequence Sequence, int[] Expected)>();
            for (int i = 0; i < Math.Max(6, rows); i++)
            {
                GoldenCase golden = model.Cases[i % model.Cases.Count];
                int length = Math.Max(1, golden.GreedyIds.Length - 13 * (i / model.Cases.Count)); // mixed lengths
                sequences.Add((new Sequence(golden.PromptIds, golden.Greedy(length)), golden.GreedyIds[..length]));
            }

            Assert.Equal(SubmitResult.Accepted, engine.Submit([.. sequences.Select(sequence => sequence.Sequence)]));
            foreach ((Sequence sequence, int[] expected) in sequences) Assert.Equal(expected, await sequence.ReadIdsAsync());
            if (memory == "0.0015" && name == "stories260K") Assert.True(engine.Snapshot().Preemptions > 0, "this memory was meant to be short");
        }
    }

    /// <summary>
    /// 500 beginnings of known texts, each with another drafter and stop rule, in batches of one to sixteen. The small model is the same checkpoint
    /// with weights of two bytes, so it is nearly always right.
    /// </summary>
    [Theory, InlineData("stories260K"), InlineData("babyllama-105")]
    public async Task Generate_WithAnyDrafts_GivesGoldenIds(string name)
    {
        string[] proposals = ["small", "ngram", "recycling", "trigram", "small"];
        string[] stops = [.. SpeculationOptions.StopRuleNames.Where(stop => stop != "learned")];
        GoldenModel model = GoldenModel.Load(name);
        using InferenceEngine engine = model.Start(options => (options.SmallModel, options.SmallDType) = (model.Folder, "bfloat16"));
        long accepted = 0;
        for (int from = 0, size = 1; from < 500; from += size, size = size % 16 + 1)
        {
            (Sequence Sequence, int[] Expected)[] batch = [.. Enumerable.Range(from, size).Select(i => Create(model, proposals[i % 5], stops[i / 3 % stops.Length], i))];
            foreach ((Sequence sequence, _) in batch) Assert.Equal(SubmitResult.Accepted, engine.Submit(sequence));
            foreach ((Sequence sequence, int[] expected) in batch)
            {
                Assert.Equal(expected, await sequence.ReadIdsAsync());
                accepted += sequence.Stats.Accepted;
            }
        }

        Assert.InRange(accepted, 500, long.MaxValue);
    }

    private static (Sequence Sequence, int[] Expected) Create(GoldenModel model, string proposal, string stop, int index)
    {
        GoldenCase golden = model.Cases[index % model.Cases.Count];
        int known = index * 7 % Math.Max(1, golden.GreedyIds.Length - 1), length = Math.Min(20, golden.GreedyIds.Length - known);
        Sequence sequence = new([.. golden.PromptIds, .. golden.GreedyIds[..known]], golden.Greedy(length))
        {
            Proposal = proposal,
            Speculation = new() { Stop = stop, MaxDraft = 1 + index % 12, Governed = index % 4 == 0 },
        };
        return (sequence, golden.GreedyIds[known..(known + length)]);
    }
}
