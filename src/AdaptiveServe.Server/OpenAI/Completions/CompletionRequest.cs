using System.Text.Json;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.OpenAI.Adaptive;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Server.OpenAI.Fields;

namespace AdaptiveServe.Server.OpenAI.Completions;

/// <summary>The body of <c>/v1/completions</c>, checked.</summary>
/// <param name="Generation">What to generate.</param>
/// <param name="Stream">How the answer comes.</param>
/// <param name="EchoTexts">The text of each prompt when the answer begins with it; null otherwise.</param>
internal sealed record CompletionRequest(GenerationRequest Generation, StreamPlan Stream, IReadOnlyList<string>? EchoTexts)
{
    public const int DefaultMaxTokens = 16;

    public static readonly PromptField Prompt = new();
    public static readonly IntegerField MaxTokens = new("max_tokens", 0, int.MaxValue);
    public static readonly IntegerField Logprobs = new("logprobs", 0, SamplingFields.MaxLogprobs);
    public static readonly BooleanField Echo = new("echo");
    public static readonly TextField Suffix = new("suffix");
    public static readonly IntegerField BestOf = new("best_of", 1, SamplingFields.MaxChoices);

    public static IReadOnlyList<IField> Fields { get; } =
    [
        CommonFields.Model, Prompt, MaxTokens, Logprobs, Echo, Suffix, BestOf, .. SamplingFields.All, .. StreamFields.All, .. CommonFields.Ignored,
        AdaptiveFields.Adaptive,
    ];

    /// <exception cref="ApiException">A field is wrong, or the request cannot be served.</exception>
    public static CompletionRequest Read(JsonElement body, ModelDirectory models)
    {
        ModelSelection selection = models.Find(CommonFields.Model.Read(body));
        ServedModel model = selection.Model;
        CommonFields.CheckIgnored(body);
        int choices = (int)(SamplingFields.N.Read(body) ?? 1);
        RefuseUnsupported(body, choices);
        bool echo = Echo.Read(body) ?? false;
        IReadOnlyList<Prompt> prompts = Prompt.Read(body) ?? throw ApiException.Invalid(Prompt.Name, "'prompt' is missing.", "missing_field");
        int[][] ids = [.. prompts.Select(prompt => ToIds(prompt, model))];
        SamplingParams sampling = SamplingFields.WithLimits(
            SamplingFields.Read(body, model), body, ReadMaxTokens(body, model, ids.Max(prompt => prompt.Length), echo), model);
        int? logprobs = (int?)Logprobs.Read(body);
        return new CompletionRequest(
            new GenerationRequest
            {
                Model = model,
                ModelName = selection.Name,
                Adaptive = AdaptiveFields.Read(body, selection.Defaults, model),
                Prompts = ids,
                ChoicesPerPrompt = choices,
                Sampling = sampling with { Logprobs = logprobs, PromptLogprobs = echo ? logprobs : null },
                Stop = SamplingFields.Stop.Read(body) ?? [],
                Priority = (int)(SamplingFields.Priority.Read(body) ?? 0),
            },
            StreamFields.Read(body),
            echo ? [.. prompts.Select((prompt, i) => prompt.Text ?? model.Tokenizer.Decode(ids[i]))] : null);
    }

    private static void RefuseUnsupported(JsonElement body, int choices)
    {
        if (!string.IsNullOrEmpty(Suffix.Read(body))) throw ApiException.NotSupported(Suffix.Name, "'suffix' is not supported: these models continue a text and do not fill gaps.");
        if (BestOf.Read(body) is { } bestOf && bestOf != choices)
            throw ApiException.NotSupported(BestOf.Name, "'best_of' other than 'n' is not supported.");
    }

    private static int[] ToIds(Prompt prompt, ServedModel model)
    {
        int[] ids = prompt.Ids ?? model.Tokenizer.Encode(prompt.Text!);
        if (ids.Length == 0) throw ApiException.Invalid(Prompt.Name, "Invalid 'prompt': a prompt has no tokens.");
        foreach (int id in ids) SamplingFields.RequireInVocabulary(Prompt.Name, id, model);
        return ids;
    }

    private static int ReadMaxTokens(JsonElement body, ServedModel model, int longestPrompt, bool echo)
    {
        long? wanted = MaxTokens.Read(body);
        if (wanted == 0 && !echo) throw ApiException.Invalid(MaxTokens.Name, "Invalid 'max_tokens': 0 is only allowed with 'echo'.");
        return CommonFields.FitContext(MaxTokens.Name, wanted, DefaultMaxTokens, longestPrompt, Prompt.Name, model);
    }
}
