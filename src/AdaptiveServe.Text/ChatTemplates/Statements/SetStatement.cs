using AdaptiveServe.Text.ChatTemplates.Expressions;
using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Statements;

/// <summary><c>{% set target = value %}</c>.</summary>
internal sealed class SetStatement(int line, Target target, Expression value) : Statement(line)
{
    public override Completion Execute(Renderer renderer)
    {
        target.Assign(renderer, renderer.Scope, renderer.Evaluate(value));
        return Completion.Normal;
    }
}
