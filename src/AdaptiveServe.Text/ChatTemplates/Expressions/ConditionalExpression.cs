using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Expressions;

/// <summary><c>a if condition else b</c>; undefined where there is no <c>else</c>.</summary>
internal sealed class ConditionalExpression(Expression condition, Expression then, Expression? otherwise) : Expression
{
    public override object Evaluate(Renderer renderer)
    {
        if (Truth.Of(renderer.Evaluate(condition))) return renderer.Evaluate(then);
        return otherwise is null ? new Undefined("the condition is false and there is no else") : renderer.Evaluate(otherwise);
    }
}
