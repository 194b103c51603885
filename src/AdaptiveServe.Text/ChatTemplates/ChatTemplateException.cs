namespace AdaptiveServe.Text.ChatTemplates;

/// <summary>A chat template cannot be loaded, or gives no text. <see cref="Exception.Message"/> is one line.</summary>
public sealed class ChatTemplateException(ChatTemplateFault fault, string message, Exception? inner = null)
    : Exception(OneLine.Of(message), inner)
{
    public ChatTemplateFault Fault { get; } = fault;
}
