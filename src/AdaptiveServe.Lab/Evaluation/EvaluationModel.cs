using System.Text.Json.Nodes;
using AdaptiveServe.Engine;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Text.ChatTemplates;
using AdaptiveServe.Text.Tokenizers;
using AdaptiveServe.Torch;
using AdaptiveServe.Torch.Running;

namespace AdaptiveServe.Lab.Evaluation;

/// <summary>A model or a pair, ready to reply: its tokenizer, its chat template, and the engine on a thread of its own.</summary>
internal sealed class EvaluationModel : IDisposable
{
    private const int MaxBatchTokens = 2048;

    private readonly FailureLog _failures;

    private EvaluationModel(
        TextTokenizer tokenizer, ChatTemplateSet? templates, InferenceEngine engine, FailureLog failures, int concurrency)
    {
        (Tokenizer, Templates, Engine, Concurrency, _failures) = (tokenizer, templates, engine, concurrency, failures);
        engine.Start();
    }

    public TextTokenizer Tokenizer { get; }

    /// <summary>How the model wants conversations written; null when it was not made for any.</summary>
    public ChatTemplateSet? Templates { get; }

    public InferenceEngine Engine { get; }

    /// <summary>Sequences that run at once.</summary>
    public int Concurrency { get; }

    /// <summary>Why a forward failed, if one did.</summary>
    public string? Failure => _failures.First;

    /// <param name="options">The folders, and how they are held.</param>
    /// <param name="concurrency">Sequences that run at once.</param>
    /// <param name="strategies">What sequences may name; null for what comes with the engine.</param>
    /// <exception cref="TokenizerLoadException">A tokenizer is not usable.</exception>
    /// <exception cref="LabException">The chat template is not usable.</exception>
    /// <exception cref="Torch.Loading.ModelLoadException">A model is not usable.</exception>
    public static EvaluationModel Load(TorchRunnerOptions options, int concurrency, StrategyRegistry? strategies = null)
    {
        TextTokenizer tokenizer = TokenizerLoader.Load(options.Model);
        if (options.SmallModel is { } small) TokenizerPair.EnsureSame(tokenizer, TokenizerLoader.Load(small));
        ChatTemplateSet? templates = LoadTemplates(options.Model);
        FailureLog failures = new();
        EngineOptions bounds = new() { MaxSequences = concurrency, MaxBatchTokens = Math.Max(MaxBatchTokens, concurrency) };
        TorchModelRunner runner = TorchModelRunner.Load(options, bounds, failures);
        InferenceEngine engine = new(runner, strategies ?? StrategyRegistry.BuiltIn, bounds, TimeProvider.System, failures);
        return new EvaluationModel(tokenizer, templates, engine, failures, concurrency);
    }

    /// <summary>The token ids of a conversation, up to where the reply begins.</summary>
    /// <remarks>A model without a chat template continues a prompt as it is.</remarks>
    /// <exception cref="LabException">The model cannot be asked so.</exception>
    public int[] Encode(EvaluationExample example)
    {
        if (Templates is null)
        {
            return Tokenizer.Encode(example.Prompt
                ?? throw new LabException("the model has no chat template, and the suite has conversations of several messages"));
        }

        try
        {
            return Tokenizer.Encode(Templates.Default.Render(Context(example), TimeProvider.System.GetLocalNow()), addSpecialTokens: false);
        }
        catch (ChatTemplateException exception)
        {
            throw new LabException($"the chat template gives no prompt for an example: {exception.Message}", exception);
        }
    }

    public void Dispose() => Engine.Dispose();

    private JsonObject Context(EvaluationExample example)
    {
        JsonArray messages = [];
        foreach (EvaluationMessage message in example.Messages)
            messages.Add((JsonNode)new JsonObject { ["role"] = message.Role, ["content"] = message.Content });
        JsonObject context = new() { ["messages"] = messages, ["tools"] = null, ["documents"] = null, ["add_generation_prompt"] = true };
        foreach ((string name, string text) in Tokenizer.SpecialTokens) context[name] = text;
        return context;
    }

    private static ChatTemplateSet? LoadTemplates(string folder)
    {
        try
        {
            return ChatTemplateLoader.Load(folder);
        }
        catch (ChatTemplateException exception)
        {
            throw new LabException(exception.Message, exception);
        }
    }
}
