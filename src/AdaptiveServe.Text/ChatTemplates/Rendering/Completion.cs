namespace AdaptiveServe.Text.ChatTemplates.Rendering;

/// <summary>How a statement ended.</summary>
internal enum Completion
{
    Normal,
    Break,
    Continue,
}
