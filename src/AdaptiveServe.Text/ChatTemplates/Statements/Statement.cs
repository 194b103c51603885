using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Statements;

/// <summary>A part of a template that writes or changes something.</summary>
/// <param name="line">Where it begins, for messages.</param>
internal abstract class Statement(int line)
{
    public int Line { get; } = line;

    public abstract Completion Execute(Renderer renderer);
}
