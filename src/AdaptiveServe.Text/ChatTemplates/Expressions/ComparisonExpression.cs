using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Expressions;

/// <summary><c>a &lt; b &lt;= c</c>: true if each comparison with the next holds.</summary>
internal sealed class ComparisonExpression(Expression first, (string Comparison, Expression Operand)[] rest) : Expression
{
    public override object Evaluate(Renderer renderer)
    {
        object left = renderer.Evaluate(first);
        foreach ((string comparison, Expression operand) in rest)
        {
            object right = renderer.Evaluate(operand);
            if (!Comparison.Holds(renderer, comparison, left, right)) return Box.Of(false);
            left = right;
        }

        return Box.Of(true);
    }
}
