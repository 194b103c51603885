using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Server.OpenAI.Fields;
using AdaptiveServe.Server.OpenAI.Tools;
using AdaptiveServe.Text.ChatTemplates;

namespace AdaptiveServe.Server.OpenAI.Chat;

/// <summary>Makes a conversation the text that the model continues.</summary>
internal static class ChatPrompt
{
    public static readonly MessagesField Messages = new();
    public static readonly ToolsField Tools = new();
    public static readonly ToolChoiceField ToolChoice = new();
    public static readonly ArrayField Documents = new("documents");
    public static readonly BooleanField AddGenerationPrompt = new("add_generation_prompt");
    public static readonly TemplateArgumentsField TemplateArguments = new();

    public static IReadOnlyList<IField> Fields { get; } = [Messages, Tools, ToolChoice, Documents, AddGenerationPrompt, TemplateArguments];

    /// <summary>The tools that the model is told of; null for none.</summary>
    public static JsonElement? OfferedTools(JsonElement body)
    {
        JsonElement? tools = Tools.Read(body);
        string? choice = ToolChoice.Read(body);
        if (choice == "auto" && tools is null) throw ApiException.Invalid(ToolChoice.Name, "'tool_choice' is only allowed with 'tools'.");
        return choice == "none" ? null : tools;
    }

    /// <param name="body">The request.</param>
    /// <param name="model">Whose template to use.</param>
    /// <param name="now">The clock of templates that tell the date.</param>
    /// <exception cref="ApiException">A field is wrong, or the template refuses the conversation.</exception>
    public static string Render(JsonElement body, ServedModel model, DateTimeOffset now)
    {
        JsonArray messages = Messages.Read(body) ?? throw ApiException.Invalid(Messages.Name, "'messages' is missing.", "missing_field");
        ChatTemplateSet templates = model.ChatTemplates
            ?? throw ApiException.NotSupported(Messages.Name, $"The model '{model.Name}' has no chat template; start the server with --chat-template, or use /v1/completions.");
        JsonElement? tools = OfferedTools(body);
        if (tools is not null && !templates.SupportsTools)
            throw ApiException.NotSupported(Tools.Name, $"The chat template of '{model.Name}' does not tell the model of tools.");
        ChatTemplate template = templates.For(tools is not null);
        if (!template.Source.Contains("developer", StringComparison.Ordinal)) RenameDevelopers(messages);
        return Render(template, Context(body, messages, tools, model), now);
    }

    private static JsonObject Context(JsonElement body, JsonArray messages, JsonElement? tools, ServedModel model)
    {
        var context = new JsonObject
        {
            ["messages"] = messages,
            ["tools"] = tools is { } offered ? JsonArray.Create(offered) : null,
            ["documents"] = Documents.Read(body) is { } documents ? JsonArray.Create(documents) : null,
            ["add_generation_prompt"] = AddGenerationPrompt.Read(body) ?? true,
        };
        foreach ((string name, string text) in model.Tokenizer.SpecialTokens) context[name] = text;
        if (TemplateArguments.Read(body) is not { } arguments) return context;
        foreach (JsonProperty argument in arguments.EnumerateObject()) context[argument.Name] = JsonNode.Parse(argument.Value.GetRawText());
        return context;
    }

    private static string Render(ChatTemplate template, JsonObject context, DateTimeOffset now)
    {
        try
        {
            return template.Render(context, now);
        }
        catch (ChatTemplateException exception)
        {
            string why = exception.Fault == ChatTemplateFault.Refused ? "The model's chat template refuses these messages" : "The chat template failed on these messages";
            throw ApiException.Invalid(Messages.Name, $"{why}: {exception.Message}", "chat_template_error");
        }
    }

    /// <summary>Templates that know no developer have a system in its place.</summary>
    private static void RenameDevelopers(JsonArray messages)
    {
        foreach (JsonNode? message in messages)
            if ((string?)message!["role"] == "developer") message["role"] = "system";
    }
}
