using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Expressions;

/// <summary><c>a[key]</c>.</summary>
internal sealed class ItemExpression(Expression owner, Expression key) : Expression
{
    public override object Evaluate(Renderer renderer)
    {
        object value = renderer.Evaluate(owner);
        return Access.Item(renderer, value, renderer.Evaluate(key));
    }
}
