using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Expressions;

internal sealed class Variable(string name) : Expression
{
    public override object Evaluate(Renderer renderer) => renderer.Lookup(name);
}
