using AdaptiveServe.Engine;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Torch.Running;
using AdaptiveServe.Torch.Tests.Compute;
using AdaptiveServe.Torch.Tests.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace AdaptiveServe.Torch.Tests.Running;

/// <summary>Draft trees on models with weights: what is verified in a branch has the bits of plain decoding.</summary>
public class DraftTreeTests
{
    private const int Vocabulary = 40, Length = 40;
    private const string Config = """
        {"model_type": "llama", "hidden_size": 24, "num_hidden_layers": 4, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 6,
         "intermediate_size": 32, "vocab_size": 40, "max_position_embeddings": 256, "rms_norm_eps": 1e-5, "tie_word_embeddings": false,
         "sliding_window": WINDOW, "use_sliding_window": true}
        """;

    private static readonly SamplingParams[] Samplings =
    [
        new() { Temperature = 0, MaxTokens = Length, IgnoreEos = true, Logprobs = 3 },
        new() { Temperature = 0.8f, Seed = 5, MaxTokens = Length, IgnoreEos = true, Logprobs = 1 },
        new()
        {
            Temperature = 1.2f, TopP = 0.9f, Seed = 6, MaxTokens = Length, IgnoreEos = true, Logprobs = 0, RepetitionPenalty = 1.3f,
            PresencePenalty = 0.5f, FrequencyPenalty = 0.5f,
        },
    ];

    [Theory]
    [InlineData("auto", "float32", "null", 3), InlineData("auto", "bfloat16", "null", 16), InlineData("auto", "float32", "5", 4)]
    [InlineData("libtorch", "float32", "null", 3), InlineData("libtorch", "float32", "5", 4)]
    [InlineData("one call", "float32", "null", 3)]
    public async Task Verify_Trees_GiveTheBitsOfPlainDecoding(string backend, string kvDType, string window, int blockSize)
    {
        using TinyModel model = new(Config.Replace("WINDOW", window, StringComparison.Ordinal).Replace("llama", window == "null" ? "llama" : "mistral", StringComparison.Ordinal));
        Trees trees = new();
        using InferenceEngine engine = Start(model, trees, backend, kvDType, blockSize);
        Random random = new(3);
        List<(Sequence Sequence, List<GeneratedToken> Plain)> cases = [];
        foreach (SamplingParams sampling in Samplings)
        {
            foreach (int[]? layers in (int[]?[])[null, [0, 1, 1, 3], null, [0, 2, 3]])
            {
                int[] prompt = [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => random.Next(Vocabulary))];
                List<GeneratedToken> plain = await engine.GenerateTokensAsync(Create(prompt, sampling, layers));
                Sequence sequence = Create(prompt, sampling, layers, "trees");
                trees.Right[sequence] = [.. plain.Select(token => token.Id)];
                cases.Add((sequence, plain));
            }
        }

        foreach ((Sequence sequence, _) in cases) Assert.Equal(SubmitResult.Accepted, engine.Submit(sequence));
        foreach ((Sequence sequence, List<GeneratedToken> plain) in cases)
        {
            List<GeneratedToken> tokens = await sequence.ReadTokensAsync();
            Assert.Equal(plain.Select(token => token.Id), tokens.Select(token => token.Id));
            Assert.True(sequence.Stats.LargeForwards < Length * 2 / 3, $"{sequence.Stats.LargeForwards} forwards"); // branches were taken
            for (int i = 0; i < tokens.Count && backend == "auto"; i++)
            {
                Assert.Equal((plain[i].Entropy, plain[i].Logprob), (tokens[i].Entropy, tokens[i].Logprob));
                Assert.Equal(plain[i].TopLogprobs, tokens[i].TopLogprobs);
            }
        }
    }

    [Theory]
    [InlineData("recycling", "auto"), InlineData("recycling", "libtorch"), InlineData("trigram", "auto"), InlineData("trigram", "libtorch")]
    public async Task Draft_WithoutAModel_GivesThePlainText(string proposal, string backend)
    {
        using TinyModel model = new(Config.Replace("WINDOW", "null", StringComparison.Ordinal));
        using InferenceEngine engine = Start(model, new Trees(), backend, "auto", blockSize: 4);
        long accepted = 0, drafted = 0;
        foreach (SamplingParams sampling in Samplings.Select(sampling => sampling with { MaxTokens = 4 * Length }))
        {
            int[] prompt = [.. Enumerable.Range(0, 30).Select(i => i % 6)];
            List<GeneratedToken> plain = await engine.GenerateTokensAsync(Create(prompt, sampling, null));
            Sequence sequence = Create(prompt, sampling, null, proposal);
            Assert.Equal(plain.Select(token => token.Id), (await engine.GenerateTokensAsync(sequence)).Select(token => token.Id));
            drafted += sequence.Stats.Drafted;
            accepted += sequence.Stats.Accepted;
        }

        Assert.InRange(accepted, 3, drafted - 20);
    }

    private static InferenceEngine Start(TinyModel model, Trees trees, string backend, string kvDType, int blockSize)
    {
        EngineOptions bounds = new() { MaxSequences = 16, MaxBatchTokens = 600 };
        TorchRunnerOptions options = new()
        {
            Model = model.Folder,
            KvDType = kvDType,
            KvMemory = "0.05",
            BlockSize = blockSize,
            Threads = 2,
            MaxRepeatedLayers = 1,
        };
        options.Choose(backend);
        TorchModelRunner runner = TorchModelRunner.Load(options, bounds, NullLogger.Instance);
        StrategyRegistry registry = new([Target("large"), Target("routed")], [trees, Proposal("recycling"), Proposal("trigram")]);
        InferenceEngine engine = new(runner, registry, bounds, TimeProvider.System, NullLogger<InferenceEngine>.Instance);
        engine.Start();
        return engine;
    }

    private static ITargetStrategy Target(string name) => StrategyRegistry.BuiltIn.TryGetTarget(name, out ITargetStrategy? target)
        ? target
        : throw new ArgumentException(name);

    private static IProposalStrategy Proposal(string name) => StrategyRegistry.BuiltIn.TryGetProposal(name, out IProposalStrategy? proposal)
        ? proposal!
        : throw new ArgumentException(name);

    private static Sequence Create(int[] prompt, SamplingParams sampling, int[]? layers, string proposal = "none") => new(prompt, sampling)
    {
        Target = layers is null ? "large" : "routed",
        Routing = new() { Layers = layers },
        Proposal = proposal,
        Speculation = new() { Governed = false, MaxDraft = 24 },
    };

    /// <summary>Trees in which the right text stands among wrong tokens, mostly not on the first path.</summary>
    private sealed class Trees : IProposalStrategy
    {
        public Dictionary<Sequence, int[]> Right { get; } = [];

        public string Name => "trees";

        public bool NeedsSmall => false;

        public IProposalPolicy CreatePolicy(Sequence sequence) => new Policy(Right[sequence]);

        private sealed class Policy(int[] right) : IProposalPolicy
        {
            public DraftPlan Plan(Sequence sequence, in StepLoad load) => new(Drafter.Tree, 24);

            public void Draft(Sequence sequence, DraftTree tree)
            {
                int last = DraftTree.Root, wrong = sequence.Count % 3;
                foreach (int token in right.AsSpan(sequence.GeneratedCount))
                {
                    for (int i = 0; i < wrong; i++)
                        if (tree.TryAdd(last, (token + 1 + i) % Vocabulary, out int other)) tree.TryAdd(other, token, out _);
                    wrong = (wrong + 1) % 3;
                    if (!tree.TryAdd(last, token, out last)) return;
                }
            }

            public bool ShouldContinue(in DraftState state) => true;

            public void Observe(in DraftOutcome outcome)
            {
            }
        }
    }
}
