using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Expressions;

/// <summary><c>a + b - c</c>: operators of one rank, from left to right.</summary>
internal sealed class ArithmeticExpression(Expression first, (string Operation, Expression Operand)[] rest) : Expression
{
    public override object Evaluate(Renderer renderer)
    {
        object value = renderer.Evaluate(first);
        foreach ((string operation, Expression operand) in rest)
            value = Arithmetic.Apply(renderer, operation, value, renderer.Evaluate(operand));
        return value;
    }
}
