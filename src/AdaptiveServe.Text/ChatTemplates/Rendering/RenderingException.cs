namespace AdaptiveServe.Text.ChatTemplates.Rendering;

/// <summary>Ends a rendering; the template that was rendered adds its name and the line.</summary>
internal sealed class RenderingException(ChatTemplateFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public ChatTemplateFault Fault { get; } = fault;

    public static RenderingException Failed(string message, Exception? inner = null) => new(ChatTemplateFault.Failed, message, inner);
}
