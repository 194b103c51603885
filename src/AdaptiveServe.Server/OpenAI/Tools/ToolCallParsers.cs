using AdaptiveServe.Text.ChatTemplates;

namespace AdaptiveServe.Server.OpenAI.Tools;

/// <summary>Finds the parser for the way in which a model writes calls.</summary>
internal static class ToolCallParsers
{
    /// <summary>A new parser: the chat template shows how the model was taught to write calls.</summary>
    public static IToolCallParser Create(ChatTemplate template) =>
        !template.Source.Contains("<tool_call>", StringComparison.Ordinal) && IsLlama3(template) ? new Llama3ToolCallParser() : new HermesToolCallParser();

    private static bool IsLlama3(ChatTemplate template) =>
        template.Source.Contains("<|python_tag|>", StringComparison.Ordinal) || template.Source.Contains("\"parameters\"", StringComparison.Ordinal);
}
