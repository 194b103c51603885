using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Expressions;

/// <summary><c>-a</c>, <c>+a</c>, <c>not a</c>.</summary>
internal sealed class UnaryExpression(string operation, Expression operand) : Expression
{
    public override object Evaluate(Renderer renderer)
    {
        object value = renderer.Evaluate(operand);
        return operation switch
        {
            "not" => Box.Of(!Truth.Of(value)),
            "-" => Arithmetic.Negate(value),
            _ => Arithmetic.Plus(value),
        };
    }
}
