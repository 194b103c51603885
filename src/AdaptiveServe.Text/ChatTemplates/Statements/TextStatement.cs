using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Statements;

/// <summary>Text outside of all tags.</summary>
internal sealed class TextStatement(int line, string text) : Statement(line)
{
    public override Completion Execute(Renderer renderer)
    {
        renderer.Output.Append(text);
        return Completion.Normal;
    }
}
