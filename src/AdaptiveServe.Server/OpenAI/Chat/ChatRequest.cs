using System.Text.Json;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.OpenAI.Adaptive;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Server.OpenAI.Fields;
using AdaptiveServe.Server.OpenAI.Tools;

namespace AdaptiveServe.Server.OpenAI.Chat;

/// <summary>The body of <c>/v1/chat/completions</c>, checked.</summary>
/// <param name="Generation">What to generate.</param>
/// <param name="Stream">How the answer comes.</param>
/// <param name="HasTools">Whether the model was told of tools, so that calls in its answer are calls.</param>
internal sealed record ChatRequest(GenerationRequest Generation, StreamPlan Stream, bool HasTools)
{
    public static readonly IntegerField MaxTokens = new("max_tokens", 1, int.MaxValue);
    public static readonly IntegerField MaxCompletionTokens = new("max_completion_tokens", 1, int.MaxValue);
    public static readonly BooleanField Logprobs = new("logprobs");
    public static readonly IntegerField TopLogprobs = new("top_logprobs", 0, SamplingFields.MaxLogprobs);
    public static readonly ObjectField ResponseFormat = new("response_format");
    public static readonly BooleanField ParallelToolCalls = new("parallel_tool_calls");

    /// <summary>Fields of OpenAI's that ask for what this server cannot do: they are refused rather than ignored.</summary>
    public static readonly UnsupportedField[] Unsupported =
        [new("functions"), new("function_call"), new("audio"), new("web_search_options"), new("prediction")];

    public static IReadOnlyList<IField> Fields { get; } =
    [
        CommonFields.Model, .. ChatPrompt.Fields, MaxTokens, MaxCompletionTokens, Logprobs, TopLogprobs, ResponseFormat, ParallelToolCalls,
        .. SamplingFields.All, .. StreamFields.All, .. CommonFields.Ignored, AdaptiveFields.Adaptive, .. Unsupported,
    ];

    /// <summary>A parser for one answer; null when the model was told of no tools.</summary>
    public IToolCallParser? CreateToolCallParser() =>
        HasTools ? ToolCallParsers.Create(Generation.Model.ChatTemplates!.For(hasTools: true)) : null;

    /// <exception cref="ApiException">A field is wrong, or the request cannot be served.</exception>
    public static ChatRequest Read(JsonElement body, ModelDirectory models, DateTimeOffset now)
    {
        ModelSelection selection = models.Find(CommonFields.Model.Read(body));
        ServedModel model = selection.Model;
        CommonFields.CheckIgnored(body);
        foreach (UnsupportedField field in Unsupported) field.Check(body);
        RefuseUnsupported(body);
        SamplingParams sampling = SamplingFields.Read(body, model) with { Logprobs = ReadLogprobs(body) };
        StreamPlan stream = StreamFields.Read(body);
        AdaptiveSettings adaptive = AdaptiveFields.Read(body, selection.Defaults, model);
        int[] prompt = model.Tokenizer.Encode(ChatPrompt.Render(body, model, now), addSpecialTokens: false); // the template writes them
        if (prompt.Length == 0) throw ApiException.Invalid(ChatPrompt.Messages.Name, "The chat template makes an empty prompt of these messages.");
        return new ChatRequest(
            new GenerationRequest
            {
                Model = model,
                ModelName = selection.Name,
                Adaptive = adaptive,
                Prompts = [prompt],
                ChoicesPerPrompt = (int)(SamplingFields.N.Read(body) ?? 1),
                Sampling = SamplingFields.WithLimits(sampling, body, ReadMaxTokens(body, model, prompt.Length), model),
                Stop = SamplingFields.Stop.Read(body) ?? [],
                Priority = (int)(SamplingFields.Priority.Read(body) ?? 0),
            },
            stream,
            ChatPrompt.OfferedTools(body) is not null);
    }

    private static int ReadMaxTokens(JsonElement body, ServedModel model, int promptTokens)
    {
        long? old = MaxTokens.Read(body), wanted = MaxCompletionTokens.Read(body);
        string field = wanted is null ? MaxTokens.Name : MaxCompletionTokens.Name;
        return CommonFields.FitContext(field, wanted ?? old, int.MaxValue, promptTokens, ChatPrompt.Messages.Name, model);
    }

    private static int? ReadLogprobs(JsonElement body)
    {
        bool wanted = Logprobs.Read(body) ?? false;
        int? top = (int?)TopLogprobs.Read(body);
        if (top is not null && !wanted) throw ApiException.Invalid(TopLogprobs.Name, "'top_logprobs' is only allowed when 'logprobs' is true.");
        return wanted ? top ?? 0 : null;
    }

    private static void RefuseUnsupported(JsonElement body)
    {
        if (ResponseFormat.Read(body) is { } format)
        {
            string type = format.TryGetProperty("type", out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
            if (type is not ("text" or "json_object" or "json_schema"))
                throw ApiException.Invalid("response_format.type", "Invalid 'response_format.type': must be 'text', 'json_object' or 'json_schema'.");
            if (type != "text") throw ApiException.NotSupported("response_format.type", $"'response_format' of type '{type}' is not supported yet; 'text' is.");
        }

        if (ParallelToolCalls.Read(body) == false && ChatPrompt.OfferedTools(body) is not null)
            throw ApiException.NotSupported(ParallelToolCalls.Name, "'parallel_tool_calls': false is not supported yet: the model decides how many calls it makes.");
    }
}
