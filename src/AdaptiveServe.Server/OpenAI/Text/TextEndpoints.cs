using System.Text.Json;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.OpenAI.Chat;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Server.OpenAI.Fields;

namespace AdaptiveServe.Server.OpenAI.Text;

/// <summary><c>POST /apply-template</c>, <c>/tokenize</c> and <c>/detokenize</c>: what the model is really given.</summary>
internal static class TextEndpoints
{
    private const int MaxTokens = 1 << 20;

    public static readonly TextField Prompt = new("prompt");
    public static readonly TextField Content = new("content");
    public static readonly BooleanField AddSpecialTokens = new("add_special_tokens");
    public static readonly BooleanField ReturnTokenStrs = new("return_token_strs");
    public static readonly TokenIdsField Tokens = new("tokens", MaxTokens);
    public static readonly BooleanField SkipSpecialTokens = new("skip_special_tokens");

    public static IReadOnlyList<IField> TemplateFields { get; } = [CommonFields.Model, .. ChatPrompt.Fields];

    public static IReadOnlyList<IField> TokenizeFields { get; } =
        [CommonFields.Model, Prompt, Content, AddSpecialTokens, ReturnTokenStrs, .. ChatPrompt.Fields];

    public static IReadOnlyList<IField> DetokenizeFields { get; } = [CommonFields.Model, Tokens, SkipSpecialTokens];

    public static async Task ApplyTemplateAsync(HttpContext context, ModelDirectory models, TimeProvider time)
    {
        using JsonDocument body = await RequestBody.ReadAsync(context);
        ServedModel model = models.Find(CommonFields.Model.Read(body.RootElement)).Model;
        string prompt = ChatPrompt.Render(body.RootElement, model, time.GetLocalNow());
        await context.Response.WriteAsJsonAsync(new TemplateResponse(prompt), OpenAIJson.Wire.TemplateResponse);
    }

    public static async Task TokenizeAsync(HttpContext context, ModelDirectory models, TimeProvider time)
    {
        using JsonDocument body = await RequestBody.ReadAsync(context);
        ServedModel model = models.Find(CommonFields.Model.Read(body.RootElement)).Model;
        int[] tokens = Tokenize(body.RootElement, model, time.GetLocalNow());
        bool wantsTexts = ReturnTokenStrs.Read(body.RootElement) ?? false;
        await context.Response.WriteAsJsonAsync(
            new TokenizeResponse(
                tokens.Length, model.Engine.Info.ContextLength, tokens,
                wantsTexts ? [.. tokens.Select(token => TokenSpelling.Text(model.Tokenizer, token))] : null),
            OpenAIJson.Wire.TokenizeResponse);
    }

    public static async Task DetokenizeAsync(HttpContext context, ModelDirectory models)
    {
        using JsonDocument body = await RequestBody.ReadAsync(context);
        ServedModel model = models.Find(CommonFields.Model.Read(body.RootElement)).Model;
        IReadOnlyList<int> tokens = Tokens.Read(body.RootElement) ?? throw ApiException.Invalid(Tokens.Name, "'tokens' is missing.", "missing_field");
        foreach (int token in tokens) SamplingFields.RequireInVocabulary(Tokens.Name, token, model);
        string text = model.Tokenizer.Decode([.. tokens], SkipSpecialTokens.Read(body.RootElement) ?? true);
        await context.Response.WriteAsJsonAsync(new DetokenizeResponse(text), OpenAIJson.Wire.DetokenizeResponse);
    }

    /// <summary>A text under either of its names gets the special tokens of a prompt; a conversation has its template's.</summary>
    private static int[] Tokenize(JsonElement body, ServedModel model, DateTimeOffset now)
    {
        foreach (IField field in ChatPrompt.Fields) field.Check(body); // a text needs none of them, and still they must be right
        string? prompt = Prompt.Read(body), content = Content.Read(body);
        bool? special = AddSpecialTokens.Read(body);
        bool isConversation = ChatPrompt.Messages.Read(body) is not null;
        int sources = (prompt is null ? 0 : 1) + (content is null ? 0 : 1) + (isConversation ? 1 : 0);
        if (sources == 0) throw ApiException.Invalid(Prompt.Name, "One of 'prompt', 'content' and 'messages' is needed.", "missing_field");
        if (sources > 1) throw ApiException.Invalid(content is null ? ChatPrompt.Messages.Name : Content.Name, "Only one of 'prompt', 'content' and 'messages' is allowed.");
        return isConversation
            ? model.Tokenizer.Encode(ChatPrompt.Render(body, model, now), special ?? false)
            : model.Tokenizer.Encode(prompt ?? content!, special ?? true);
    }
}
