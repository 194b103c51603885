using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Expressions;

/// <summary><c>a ~ b</c>: the texts of values, one after another.</summary>
internal sealed class ConcatExpression(Expression[] parts) : Expression
{
    public override object Evaluate(Renderer renderer)
    {
        var target = new BoundedText(renderer.Budget);
        foreach (Expression part in parts) Display.Write(renderer, renderer.Evaluate(part), target);
        return target.ToString();
    }
}
