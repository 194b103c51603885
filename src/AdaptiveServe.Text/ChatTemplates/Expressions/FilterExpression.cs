using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Expressions;

/// <summary><c>a | filter(b)</c>.</summary>
internal sealed class FilterExpression(Expression operand, FilterCall filter) : Expression
{
    public override object Evaluate(Renderer renderer) => filter.Apply(renderer, renderer.Evaluate(operand));
}
