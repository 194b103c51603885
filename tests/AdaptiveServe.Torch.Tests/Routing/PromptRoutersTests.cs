using AdaptiveServe.Engine;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Routing;
using AdaptiveServe.Torch.Tests.Loading;
using AdaptiveServe.Torch.Tests.Models;
using AdaptiveServe.Torch.Tests.Running;

namespace AdaptiveServe.Torch.Tests.Routing;

/// <summary>Routers that read the prompt, in the engine.</summary>
public sealed class PromptRoutersTests : IDisposable
{
    private const int Layers = 6, Vocabulary = 90, PromptLength = 23, Length = 12;

    private static readonly string Config = Configs.With(Configs.Llama,
        ("hidden_size", "48"), ("intermediate_size", "72"), ("num_hidden_layers", "6"), ("num_attention_heads", "6"),
        ("num_key_value_heads", "2"), ("vocab_size", "90"), ("max_position_embeddings", "96"));

    private readonly TinyModel _model = new(Config);

    public void Dispose() => _model.Dispose();

    /// <summary>Behind the prompt each layer of the route reads what all layers made of the prompt.</summary>
    [Theory]
    [InlineData("auto", 5), InlineData("auto", 2048), InlineData("libtorch", 5), InlineData("libtorch", 2048)]
    public async Task Learned_Skips_EqualsDefinition(string backend, int budget)
    {
        RouterFiles.WriteBottlenecks(_model.Folder, Logits("RSRRSR"));
        using InferenceEngine engine = Start(backend, rows: 2, budget);
        Sequence sequence = Create("learned", logprobs: Vocabulary);
        List<GeneratedToken> tokens = await engine.GenerateTokensAsync(sequence);
        Assert.Equal([0, 2, 3, 5], sequence.Route!.Layers);
        Assert.Equal(PromptLength, sequence.RouteStart);
        double[][] expected = new NaiveDecoder(_model).LogProbabilities(sequence.Tokens[..^1], [0, 2, 3, 5], PromptLength);
        for (int i = 0; i < tokens.Count; i++)
        {
            foreach (TokenLogprob logprob in tokens[i].TopLogprobs!) Assert.Equal(expected[PromptLength - 1 + i][logprob.Id], logprob.Logprob, 2e-4);
            Assert.Equal(i > 0, tokens[i].Route is not null); // the first comes of the prompt's last token
        }

        Assert.Equal(Length - 1, sequence.CountRouted(Length));
    }

    [Theory, InlineData("auto"), InlineData("libtorch")]
    public async Task Learned_AllRun_IsThePlainModelBitForBit(string backend)
    {
        RouterFiles.WriteBottlenecks(_model.Folder, Logits("RRRRRR"));
        using InferenceEngine engine = Start(backend, rows: 2, budget: 7);
        List<GeneratedToken> plain = await engine.GenerateTokensAsync(Create(null, logprobs: 5));
        Sequence sequence = Create("learned", logprobs: 5);
        List<GeneratedToken> routed = await engine.GenerateTokensAsync(sequence);
        Assert.Equal(plain.Select(Values), routed.Select(Values));
        Assert.Null(sequence.Route);

        static string Values(GeneratedToken token) =>
            $"{token.Id} {token.Entropy:R} {token.Logprob:R} {string.Join(' ', token.TopLogprobs!.Select(top => $"{top.Id}:{top.Logprob:R}"))}";
    }

    /// <summary>A second pass needs what the prompt left there: the prompt is computed again along the route.</summary>
    [Theory, InlineData(7), InlineData(2048)]
    public async Task Learned_Repeat_IsTheRouteFromTheFirstToken(int budget)
    {
        RouterFiles.WriteBottlenecks(_model.Folder, Logits("RTRSTR"));
        using InferenceEngine engine = Start("auto", rows: 2, budget, prefixCaching: true);
        Sequence given = Create(null, layers: [0, 1, 1, 2, 4, 4, 5]), sequence = Create("learned");
        Assert.Equal(await engine.GenerateTokensAsync(given), await engine.GenerateTokensAsync(sequence));
        Assert.Equal((given.Route, 0, (long)Length), (sequence.Route, sequence.RouteStart, sequence.CountRouted(Length)));
    }

    [Fact]
    public async Task Learned_RoutedPrompt_IsTheRouteFromTheFirstToken()
    {
        RouterFiles.WriteBottlenecks(_model.Folder, Logits("RSRRSR"));
        using InferenceEngine engine = Start("auto", rows: 2, budget: 64);
        Sequence sequence = Create("learned", prompt: RoutingOptions.RoutedPrompt);
        Assert.Equal(await engine.GenerateTokensAsync(Create(null, layers: [0, 2, 3, 5])), await engine.GenerateTokensAsync(sequence));
    }

    /// <summary>Decisions of the prompt, given routes and no routes, and prompts that wait for theirs, in one batch: each gives what it gives alone.</summary>
    [Fact]
    public async Task Mixture_SixteenRows_EachGivesWhatItGivesAlone()
    {
        RouterFiles.WriteRandomBottlenecks(_model.Folder, seed: 3);
        RouterFiles.WriteGates(_model.Folder, [2, -1, 2, 2, -2, 2]);
        Func<Sequence>[] rows = [.. Enumerable.Range(0, 16).Select<int, Func<Sequence>>(row => () => Create(
            (row % 5) switch { 0 => null, 1 => "lac", 2 => "first", _ => "learned" }, seed: row, layers: row == 5 ? [0, 2, 2, 5] : null))];
        var alone = new List<List<GeneratedToken>>();
        var routes = new HashSet<LayerRoute?>();
        using (InferenceEngine engine = Start("auto", rows: 1, budget: 64))
        {
            foreach (Func<Sequence> row in rows)
            {
                Sequence sequence = row();
                alone.Add(await engine.GenerateTokensAsync(sequence));
                routes.Add(sequence.Route);
            }
        }

        Assert.InRange(routes.Count, 5, 16);
        foreach (int budget in new[] { 23, 2048 })
        {
            using InferenceEngine engine = Start("auto", rows: 16, budget, prefixCaching: true);
            Sequence[] sequences = [.. rows.Select(row => row())];
            Assert.Equal(SubmitResult.Accepted, engine.Submit(sequences));
            for (int i = 0; i < rows.Length; i++) Assert.Equal(alone[i], await sequences[i].ReadTokensAsync());
        }
    }

    /// <summary>Whatever drafts: the tokens are those of the route alone.</summary>
    [Theory]
    [InlineData("small", "RSRRSR"), InlineData("ngram", "RSRRSR"), InlineData("self", "RSRRSR"), InlineData("small", "RTRSRR"), InlineData("ngram", "RTRSRR")]
    public async Task Proposal_OnARouteOfThePrompt_ChangesNoToken(string proposal, string decisions)
    {
        RouterFiles.WriteBottlenecks(_model.Folder, Logits(decisions));
        WriteRanking();
        using TinyModel small = new(Configs.With(Config, ("num_hidden_layers", "2")), seed: 9);
        using InferenceEngine engine = Start("auto", rows: 4, budget: 64, small: small.Folder);
        List<GeneratedToken> alone = await engine.GenerateTokensAsync(Create("learned"));
        Sequence drafted = Create("learned", proposal: proposal);
        List<GeneratedToken> tokens = await engine.GenerateTokensAsync(drafted);
        Assert.Equal(alone.Select(token => (token.Id, token.Entropy)), tokens.Select(token => (token.Id, token.Entropy)));
        if (proposal != "ngram") Assert.InRange(drafted.Stats.Drafted, 1, int.MaxValue);
    }

    /// <summary>Of each token of the reply: the layers that ran and added less to the norm than their threshold, at the position before it.</summary>
    [Theory]
    [InlineData("auto", 5, "none", 1), InlineData("auto", 64, "none", 0.7), InlineData("auto", 64, "ngram", 0.7), InlineData("auto", 64, "self", 1), InlineData("libtorch", 64, "none", 0.7)]
    public async Task VoidLayers_OfTheReply_AreThoseOfTheDefinition(string backend, int batchTokens, string proposal, double budget)
    {
        WriteRanking();
        using InferenceEngine engine = Start(backend, rows: 2, batchTokens);
        Sequence sequence = Create("lac", proposal: proposal, budget: budget, tracesVoids: true);
        List<GeneratedToken> tokens = await engine.GenerateTokensAsync(sequence);
        IReadOnlyList<int> route = (sequence.Route ?? LayerRoute.Plain(Layers)).Layers;
        Assert.Equal(budget < 1, route.Count < Layers);
        List<double[]> norms = [];
        new NaiveDecoder(_model).LogProbabilities(sequence.Tokens[..^1], [.. route], PromptLength,
            (_, states) => norms.Add([.. states.Select(state => Math.Sqrt(state.Sum(x => x * x)))]));
        for (int i = 0; i < tokens.Count; i++)
        {
            int position = PromptLength - 1 + i;
            List<double> changes = [];
            List<int> voids = [];
            for (int layer = 0; layer < Layers; layer++)
            {
                if (i > 0 && !route.Contains(layer)) continue; // the first token comes of all layers
                double change = norms[layer + 1][position] - norms[layer][position], range = changes.Count == 0 ? 0 : changes.Max() - changes.Min();
                if (change < 0.8 * range) voids.Add(layer);
                changes.Add(change);
            }

            Assert.Equal(voids, tokens[i].VoidLayers);
        }

        Assert.Contains(tokens, token => token.VoidLayers!.Count > 0);
        Assert.All(await engine.GenerateTokensAsync(Create("lac", proposal: proposal, budget: budget)), token => Assert.Null(token.VoidLayers));
    }

    /// <summary>What all layers made of a prompt is for everybody; what a route made of a reply is for nobody.</summary>
    [Fact]
    public async Task PrefixCache_WholePrompt_IsSharedAndTheReplyIsNot()
    {
        RouterFiles.WriteBottlenecks(_model.Folder, Logits("RSRRSR"));
        using InferenceEngine engine = Start("auto", rows: 2, budget: 64, prefixCaching: true);
        Sequence first = Create("learned");
        await engine.GenerateTokensAsync(first);
        int[] whole = first.Tokens.ToArray();
        Sequence plain = Create(null, tokens: whole), again = Create("learned", tokens: whole);
        await engine.GenerateTokensAsync(plain);
        Assert.Equal(21, plain.Stats.CachedPromptTokens); // seven blocks of three: the prompt's full ones
        await engine.GenerateTokensAsync(again);
        Assert.Equal(0, again.Stats.CachedPromptTokens); // a router reads every token
        using InferenceEngine fresh = Start("auto", rows: 2, budget: 64);
        Assert.Equal(await fresh.GenerateTokensAsync(Create(null, tokens: whole)), await engine.GenerateTokensAsync(Create(null, tokens: whole)));
    }

    [Fact]
    public void Load_RoutersOfAnotherModel_IsRefused()
    {
        using TinyModel other = new(Config, seed: 2);
        RouterFiles.WriteBottlenecks(_model.Folder, Logits("RRRRRR"), ModelFingerprint.Of(other.Folder));
        ModelLoadException refused = Assert.Throws<ModelLoadException>(() => Start("auto", 1, 64));
        foreach (TinyModel model in new[] { _model, other }) Assert.Contains(ModelFingerprint.Of(model.Folder), refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing"), InlineData("shape"), InlineData("nan"), InlineData("order"), InlineData("cut")]
    public void Load_MalformedRouters_AreRefused(string fault)
    {
        List<(string Name, string Dtype, long[] Shape, byte[] Data)> tensors =
        [
            RouterFiles.Quantiles(0, fault == "order" ? -1 : 1), RouterFiles.Zeros(GateRouter.WeightName, Layers, fault == "shape" ? 47 : 48),
            (GateRouter.BiasName, "F32", [Layers], AdaptiveServe.Tests.SafetensorsWriter.Bytes([0, 0, 0, 0, 0, fault == "nan" ? float.NaN : 0])),
        ];
        if (fault == "missing") tensors.RemoveAt(2);
        RouterFiles.Write(_model.Folder, GateRouter.FileName, null, tensors);
        string path = Path.Combine(_model.Folder, GateRouter.FileName);
        if (fault == "cut") File.WriteAllBytes(path, File.ReadAllBytes(path)[..^8]);
        Assert.Contains("layer-gates", Assert.Throws<ModelLoadException>(() => Start("auto", 1, 64)).Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("learned", "layer-routers.safetensors"), InlineData("first", "layer-gates.safetensors")]
    public void Submit_RouterThatIsNotThere_IsRefused(string router, string file)
    {
        using InferenceEngine engine = Start("auto", rows: 1, budget: 64);
        Assert.Equal(["lac"], engine.Info.PromptRouters);
        Assert.Contains(file, Assert.Throws<ArgumentException>(() => engine.Submit(Create(router))).Message, StringComparison.Ordinal);
    }

    /// <summary>R runs, S is left out, T runs twice.</summary>
    private static float[][] Logits(string decisions) =>
        [.. decisions.Select<char, float[]>(decision => decision switch { 'S' => [9, 0, -1], 'T' => [-9, 0, 5], _ => [-9, 0, -5] })];

    private void WriteRanking()
    {
        Directory.CreateDirectory(Path.Combine(_model.Folder, Path.GetDirectoryName(LayerRanking.Place)!));
        using FileStream stream = File.Create(Path.Combine(_model.Folder, LayerRanking.Place));
        new LayerRanking(ModelFingerprint.Of(_model.Folder), "any", [2, 1, 3, 4, 5, 0]).Write(stream);
    }

    private InferenceEngine Start(string backend, int rows, int budget, bool prefixCaching = false, string? small = null) =>
        new GoldenModel(_model.Folder, []).Start(
            options => (options.BlockSize, options.Threads, options.Compute, options.MaxRepeatedLayers, options.SmallModel) = (3, 2, backend, 2, small),
            new EngineOptions { MaxSequences = rows, MaxBatchTokens = budget, PrefixCaching = prefixCaching });

    private static Sequence Create(
        string? router, int[]? layers = null, int seed = 7, int? logprobs = null, string? prompt = null, string proposal = "none", int[]? tokens = null,
        double budget = 0.7, bool tracesVoids = false)
    {
        Random random = new(seed);
        int length = seed == 7 ? PromptLength : random.Next(1, 40);
        tokens ??= [.. Enumerable.Range(0, length).Select(_ => random.Next(Vocabulary))];
        return new Sequence(tokens, new SamplingParams { Temperature = 0, MaxTokens = Length, Logprobs = logprobs, IgnoreEos = true })
        {
            Target = router is null && layers is null ? "large" : "routed",
            Proposal = proposal,
            Speculation = new SpeculationOptions { Governed = false, Stop = "fixed", MaxDraft = 3 },
            Routing = new RoutingOptions { Router = router ?? "static", Layers = layers, Budget = budget, Prompt = prompt, TracesVoids = tracesVoids },
        };
    }
}
