using AdaptiveServe.Text.ChatTemplates.Builtins;
using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Expressions;

/// <summary><c>a is test(b)</c>.</summary>
internal sealed class TestExpression(Expression operand, Builtin test, ArgumentList arguments) : Expression
{
    public override object Evaluate(Renderer renderer) =>
        test.Invoke(renderer, renderer.Evaluate(operand), arguments.Evaluate(renderer));
}
