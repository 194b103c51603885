using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Expressions;

internal sealed class Constant(object value) : Expression
{
    public object Value { get; } = value;

    public override object Evaluate(Renderer renderer) => Value;
}
