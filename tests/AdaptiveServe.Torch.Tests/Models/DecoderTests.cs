using AdaptiveServe.Engine;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Torch.Tests.Compute;
using AdaptiveServe.Torch.Tests.Loading;
using AdaptiveServe.Torch.Tests.Running;

namespace AdaptiveServe.Torch.Tests.Models;

public class DecoderTests
{
    internal static readonly Dictionary<string, string> Families = new()
    {
        ["llama"] = Configs.With(Configs.Llama, Small),
        ["llama, tied, odd sizes"] = Configs.With(Configs.Llama,
            [.. Small, ("tie_word_embeddings", "true"), ("hidden_size", "40"), ("num_attention_heads", "4"), ("num_key_value_heads", "1"), ("intermediate_size", "51")]),
        ["llama 3 rope, all biases"] = Configs.With(Configs.Llama, [.. Small, ("attention_bias", "true"), ("mlp_bias", "true"),
            ("max_position_embeddings", "64"), ("rope_scaling", """
                {"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 16}
                """)]),
        ["llama, linear rope"] = Configs.With(Configs.Llama, [.. Small, ("rope_scaling", """{"type": "linear", "factor": 4}""")]),
        ["mistral, sliding window"] = Configs.With(Configs.Mistral, [.. Small, ("sliding_window", "6")]),
        ["qwen2, yarn"] = Configs.With(Configs.Qwen2, [.. Small, ("max_position_embeddings", "64"), ("rope_scaling", """
            {"rope_type": "yarn", "factor": 4, "original_max_position_embeddings": 16}
            """)]),
        ["qwen2, windows in the upper layers"] = Configs.With(Configs.Qwen2,
            [.. Small, ("use_sliding_window", "true"), ("sliding_window", "5"), ("max_window_layers", "1")]),
        ["qwen3, explicit head size"] = Configs.With(Configs.Qwen3, [.. Small, ("head_dim", "20")]),
    };

    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, string>();
            foreach (string family in Families.Keys)
            {
                foreach ((string backend, string dtype) in new[]
                    { ("auto", "F32"), ("auto", "BF16"), ("auto", "F16"), ("128", "F32"), ("128", "BF16"), ("256", "BF16") })
                    cases.Add(family, backend, dtype);
                foreach (string backend in (string[])["libtorch", "one call", "recorded"]) cases.Add(family, backend, "F32");
            }

            return cases;
        }
    }

    private static (string Key, string Json)[] Small =>
    [
        ("hidden_size", "48"), ("intermediate_size", "72"), ("num_hidden_layers", "3"), ("num_attention_heads", "6"),
        ("num_key_value_heads", "2"), ("vocab_size", "90"), ("max_position_embeddings", "64"),
    ];

    [Theory, MemberData(nameof(Cases))]
    public Task Forward_Family_EqualsDefinition(string family, string backend, string dtype) =>
        CompareAsync(Families[family], dtype, tolerance: 2e-4, options => options.Choose(backend));

    /// <summary>Keys and values of two bytes round; weights and activations do not.</summary>
    [Theory]
    [InlineData("auto", "bfloat16", 0.06), InlineData("128", "bfloat16", 0.06), InlineData("libtorch", "bfloat16", 0.06)]
    [InlineData("auto", "float16", 0.01), InlineData("256", "float16", 0.01), InlineData("libtorch", "float16", 0.01)]
    public async Task Forward_TwoByteCache_IsNearDefinition(string backend, string kvDType, double tolerance)
    {
        foreach (string family in (string[])["llama", "mistral, sliding window", "qwen3, explicit head size"])
        {
            await CompareAsync(Families[family], "F32", tolerance, options =>
            {
                options.Choose(backend);
                options.KvDType = kvDType;
            });
        }
    }

    /// <summary>Matrices in int8 round; sizes here fill neither blocks nor panels.</summary>
    [Theory, InlineData("auto"), InlineData("256"), InlineData("128")]
    public async Task Forward_Int8_IsNearDefinition(string backend)
    {
        foreach (string family in (string[])["llama, tied, odd sizes", "llama 3 rope, all biases", "qwen3, explicit head size"])
        {
            await CompareAsync(Families[family], "BF16", tolerance: 0.25, options =>
            {
                options.Choose(backend);
                options.DType = "int8";
            });
        }
    }

    /// <summary>Every position of a prompt that is computed in chunks, and the tokens generated after it, against the definition.</summary>
    internal static async Task CompareAsync(string config, string dtype, double tolerance, Action<TorchRunnerOptions> configure)
    {
        using var model = new TinyModel(config, dtype);
        await CompareAsync(model, tolerance, configure);
    }

    /// <inheritdoc cref="CompareAsync(string, string, double, Action{TorchRunnerOptions})"/>
    internal static async Task CompareAsync(TinyModel model, double tolerance, Action<TorchRunnerOptions> configure)
    {
        using InferenceEngine engine = new GoldenModel(model.Folder, []).Start(
            options =>
            {
                (options.BlockSize, options.Threads) = (3, 2);
                configure(options);
            },
            new EngineOptions { MaxSequences = 2, MaxBatchTokens = 5 });
        var random = new Random(7);
        int[] prompt = [.. Enumerable.Range(0, 23).Select(_ => random.Next(90))];
        var sequence = new Sequence(prompt, new SamplingParams { Temperature = 0, MaxTokens = 4, Logprobs = 90, PromptLogprobs = 90, IgnoreEos = true });

        Assert.Equal(SubmitResult.Accepted, engine.Submit(sequence));
        var reported = new List<TokenLogprob[]>();
        await foreach (GeneratedToken token in sequence.Output.ReadAllAsync(TestContext.Current.CancellationToken)) reported.Add(token.TopLogprobs!);
        reported.InsertRange(0, sequence.PromptLogprobs.Skip(1).Select(logprobs => logprobs[1..]));

        double[][] expected = new NaiveDecoder(model).LogProbabilities(sequence.Tokens[..^1]);
        Assert.Equal(expected.Length, reported.Count);
        for (int position = 0; position < expected.Length; position++)
        {
            Assert.Equal(90, reported[position].Length);
            foreach (TokenLogprob logprob in reported[position])
                Assert.Equal(expected[position][logprob.Id], logprob.Logprob, tolerance);
        }
    }
}
