using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Expressions;

/// <summary><c>a and b</c>, <c>a or b</c>: the value of the first operand that decides, or of the last.</summary>
internal sealed class LogicalExpression(Expression[] operands, bool isOr) : Expression
{
    public override object Evaluate(Renderer renderer)
    {
        object value = renderer.Evaluate(operands[0]);
        for (int i = 1; i < operands.Length && Truth.Of(value) != isOr; i++) value = renderer.Evaluate(operands[i]);
        return value;
    }
}
