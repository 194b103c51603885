using AdaptiveServe.Engine;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;
using AdaptiveServe.Torch.Tests.Loading;
using AdaptiveServe.Torch.Tests.Running;

namespace AdaptiveServe.Torch.Tests.Models;

public class RoutedForwardTests
{
    private const int Layers = 6, Vocabulary = 90, Repeats = 3;

    private static readonly string Config = Configs.With(Configs.Llama,
        ("hidden_size", "48"), ("intermediate_size", "72"), ("num_hidden_layers", "6"), ("num_attention_heads", "6"),
        ("num_key_value_heads", "2"), ("vocab_size", "90"), ("max_position_embeddings", "96"));

    /// <summary>
    /// A route is the model whose layers it names. The prompt comes in chunks, so later ones read what earlier ones stored: a second pass
    /// that shared the keys and values of the first would give something else.
    /// </summary>
    [Theory]
    [InlineData("auto", new[] { 0, 2, 3, 5 })]
    [InlineData("libtorch", new[] { 0, 2, 3, 5 })]
    [InlineData("auto", new[] { 0, 0, 1, 2, 4, 4, 5 })]
    [InlineData("libtorch", new[] { 0, 0, 1, 2, 4, 4, 5 })]
    [InlineData("auto", new[] { 4 })]
    public async Task Forward_Route_EqualsDefinition(string backend, int[] layers)
    {
        using var model = new TinyModel(Config);
        using InferenceEngine engine = Start(model, backend, rows: 2, budget: 5);
        Sequence sequence = Create(Prompt(new Random(7), 23), layers, logprobs: Vocabulary);
        List<GeneratedToken> tokens = await engine.GenerateTokensAsync(sequence);
        double[][] expected = new NaiveDecoder(model).LogProbabilities(sequence.Tokens[..^1], layers);
        for (int i = 0; i < tokens.Count; i++)
            foreach (TokenLogprob logprob in tokens[i].TopLogprobs!) Assert.Equal(expected[22 + i][logprob.Id], logprob.Logprob, 2e-4);
    }

    /// <summary>Sixteen rows with sixteen routes: each gives what it gives alone, and the plain ones what the plain model gives.</summary>
    [Theory, InlineData("auto"), InlineData("libtorch")]
    public async Task Forward_SixteenRoutes_EachGivesWhatItGivesAlone(string backend)
    {
        using var model = new TinyModel(Config);
        var random = new Random(5);
        (int[] Prompt, int[]? Layers)[] rows = [.. Enumerable.Range(0, 16).Select(row => (Prompt(random, random.Next(1, 40)), row == 3 ? null : RandomRoute(random)))];
        var alone = new List<List<GeneratedToken>>();
        using (InferenceEngine engine = Start(model, backend, rows: 1, budget: 64))
            foreach ((int[] prompt, int[]? layers) in rows) alone.Add(await engine.GenerateTokensAsync(Create(prompt, layers)));

        foreach (int budget in new[] { 23, 2048 })
        {
            using InferenceEngine engine = Start(model, backend, rows: 16, budget);
            Sequence[] sequences = [.. rows.Select(row => Create(row.Prompt, row.Layers))];
            Assert.Equal(SubmitResult.Accepted, engine.Submit(sequences));
            for (int i = 0; i < rows.Length; i++)
            {
                List<GeneratedToken> tokens = await sequences[i].ReadTokensAsync();
                if (backend == "auto") Assert.Equal(alone[i], tokens); // bit for bit
                else Assert.Equal(alone[i].Select(token => token.Id), tokens.Select(token => token.Id));
            }
        }
    }

    /// <summary>Rows that run every layer beside rows that do not: bit for bit what the plain model gives.</summary>
    [Fact]
    public async Task Forward_PlainRowAmongRoutes_IsThePlainModel()
    {
        using var model = new TinyModel(Config);
        var random = new Random(9);
        int[] prompt = Prompt(random, 30);
        using InferenceEngine engine = Start(model, "auto", rows: 8, budget: 2048);
        List<GeneratedToken> plain = await engine.GenerateTokensAsync(Create(prompt, layers: null));
        Sequence all = Create(prompt, [.. Enumerable.Range(0, Layers)]);
        Sequence[] others = [.. Enumerable.Range(0, 6).Select(_ => Create(Prompt(random, 20), RandomRoute(random)))];
        Assert.Equal(SubmitResult.Accepted, engine.Submit([.. others, all]));
        Assert.Equal(plain, await all.ReadTokensAsync());
    }

    [Fact]
    public async Task Forward_SamePromptOnOtherRoutes_SharesNoBlocks()
    {
        using var model = new TinyModel(Config);
        using InferenceEngine engine = Start(model, "auto", rows: 4, budget: 64, prefixCaching: true);
        int[] prompt = Prompt(new Random(2), 40);
        var cached = new List<int>();
        foreach (int[]? layers in new[] { null, null, [0, 1, 3], [0, 1, 3], new[] { 0, 1, 4 } })
        {
            Sequence sequence = Create(prompt, layers);
            await engine.GenerateTokensAsync(sequence);
            cached.Add(sequence.Stats.CachedPromptTokens);
        }

        Assert.Equal([0, 39, 0, 39, 0], cached);
    }

    private static InferenceEngine Start(TinyModel model, string backend, int rows, int budget, bool prefixCaching = false) =>
        new GoldenModel(model.Folder, []).Start(
            options => (options.BlockSize, options.Threads, options.Compute, options.MaxRepeatedLayers) = (3, 2, backend, Repeats),
            new EngineOptions { MaxSequences = rows, MaxBatchTokens = budget, PrefixCaching = prefixCaching });

    private static int[] Prompt(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => random.Next(Vocabulary))];

    /// <summary>Any layers, at least one, up to three of them twice.</summary>
    private static int[] RandomRoute(Random random)
    {
        List<int> layers = [.. Enumerable.Range(0, Layers).Where(_ => random.Next(4) > 0)];
        if (layers.Count == 0) layers.Add(random.Next(Layers));
        layers.AddRange([.. layers.Where(_ => random.Next(4) == 0).Take(Repeats)]);
        return [.. layers.Order()];
    }

    private static Sequence Create(int[] prompt, int[]? layers, int? logprobs = null) =>
        new(prompt, new SamplingParams { Temperature = 0, MaxTokens = 12, Logprobs = logprobs, IgnoreEos = true })
        {
            Target = layers is null ? "large" : "routed",
            Routing = new RoutingOptions { Layers = layers },
        };
}
