namespace AdaptiveServe.Text.ChatTemplates;

/// <summary>Who is to blame when a chat template gives no text.</summary>
public enum ChatTemplateFault
{
    /// <summary>The template is missing, not well formed, or uses something that is not supported. Found when it is loaded.</summary>
    Malformed,

    /// <summary>The template itself refuses the conversation (<c>raise_exception</c>); the message is the template's own.</summary>
    Refused,

    /// <summary>The template cannot handle the conversation: a value it needs is absent or of another type.</summary>
    Failed,

    /// <summary>Rendering would take more time, text or depth than is allowed.</summary>
    LimitExceeded,
}
