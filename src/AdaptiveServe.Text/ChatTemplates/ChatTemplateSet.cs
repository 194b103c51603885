namespace AdaptiveServe.Text.ChatTemplates;

/// <summary>The chat templates of a model: one for all conversations, or a second one for those with tools.</summary>
public sealed class ChatTemplateSet(ChatTemplate standard, ChatTemplate? toolUse = null)
{
    /// <summary>The template of conversations without tools.</summary>
    public ChatTemplate Default { get; } = standard;

    /// <summary>The template of conversations with tools, where the model has one of its own for them.</summary>
    public ChatTemplate? ToolUse { get; } = toolUse;

    public ChatTemplate For(bool hasTools) => hasTools && ToolUse is { } template ? template : Default;

    /// <summary>Whether tools would reach the model at all.</summary>
    public bool SupportsTools => For(hasTools: true).Mentions("tools");
}
