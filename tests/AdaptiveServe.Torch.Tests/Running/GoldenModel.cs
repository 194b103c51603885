using System.Text.Json;
using AdaptiveServe.Engine;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Tests;
using AdaptiveServe.Torch.Running;
using Microsoft.Extensions.Logging.Abstractions;

namespace AdaptiveServe.Torch.Tests.Running;

/// <summary>A real checkpoint with what it is known to generate.</summary>
internal sealed record GoldenModel(string Folder, IReadOnlyList<GoldenCase> Cases)
{
    /// <summary>Each checkpoint with each backend of the CPU.</summary>
    public static readonly TheoryData<string, string> NamesAndBackends = new()
    {
        { "stories260K", "auto" }, { "stories260K", "libtorch" }, { "babyllama-105", "auto" }, { "babyllama-105", "libtorch" },
        { "stories260K", "recorded" },
    };

    public static GoldenModel Load(string name)
    {
        string folder = SharedData.Path("models/" + name);
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden.json")));
        return new GoldenModel(folder, [.. golden.RootElement.GetProperty("cases").EnumerateArray().Select(GoldenCase.Read)]);
    }

    /// <summary>An engine on this model; small options force chunks, preemptions and long queues.</summary>
    public InferenceEngine Start(Action<TorchRunnerOptions>? configure = null, EngineOptions? engine = null)
    {
        var options = new TorchRunnerOptions { Model = Folder, KvMemory = "0.05", Threads = 1 };
        configure?.Invoke(options);
        engine ??= new EngineOptions { MaxSequences = 64, MaxBatchTokens = 512 };
        TorchModelRunner runner = TorchModelRunner.Load(options, engine, NullLogger.Instance);
        var started = new InferenceEngine(runner, StrategyRegistry.BuiltIn, engine, TimeProvider.System, new OutputLogger());
        started.Start();
        return started;
    }
}

/// <summary>A prompt, its greedy continuation, and the logits after it.</summary>
internal sealed record GoldenCase(string Prompt, int[] PromptIds, int[] GreedyIds, bool StopsAtBos, float[] FirstLogits, double? PromptMeanNll)
{
    public SamplingParams Greedy(int? maxTokens = null) => new()
    {
        Temperature = 0,
        MaxTokens = maxTokens ?? GreedyIds.Length,
        StopTokenIds = StopsAtBos ? [1] : [], // these checkpoints were trained with BOS between their stories
    };

    public static GoldenCase Read(JsonElement element) => new(
        element.GetProperty("prompt").GetString()!,
        [.. element.GetProperty("prompt_ids").EnumerateArray().Select(id => id.GetInt32())],
        [.. element.GetProperty("greedy_ids").EnumerateArray().Select(id => id.GetInt32())],
        element.GetProperty("stop").GetString() == "bos",
        [.. element.GetProperty("first_logits").EnumerateArray().Select(logit => logit.GetSingle())],
        element.GetProperty("prompt_mean_nll") is { ValueKind: JsonValueKind.Number } nll ? nll.GetDouble() : null);
}

internal static class EngineTestExtensions
{
    /// <summary>Submits a sequence and reads what it generates, an end token included.</summary>
    public static async Task<int[]> GenerateAsync(this InferenceEngine engine, Sequence sequence)
    {
        Assert.Equal(SubmitResult.Accepted, engine.Submit(sequence));
        return await sequence.ReadIdsAsync();
    }

    public static async Task<int[]> ReadIdsAsync(this Sequence sequence)
    {
        List<GeneratedToken> tokens = await sequence.ReadTokensAsync();
        return [.. tokens.Select(token => token.Id)];
    }

    /// <summary>Submits a sequence and reads all that is known of its tokens.</summary>
    public static async Task<List<GeneratedToken>> GenerateTokensAsync(this InferenceEngine engine, Sequence sequence)
    {
        Assert.Equal(SubmitResult.Accepted, engine.Submit(sequence));
        return await sequence.ReadTokensAsync();
    }

    public static async Task<List<GeneratedToken>> ReadTokensAsync(this Sequence sequence)
    {
        var tokens = new List<GeneratedToken>();
        await foreach (GeneratedToken token in sequence.Output.ReadAllAsync(TestContext.Current.CancellationToken)) tokens.Add(token);
        Assert.Null(sequence.Error);
        return tokens;
    }
}
