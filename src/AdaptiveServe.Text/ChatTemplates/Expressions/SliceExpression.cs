using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Expressions;

/// <summary><c>a[start:stop:step]</c>; a bound that is left out is none.</summary>
internal sealed class SliceExpression(Expression owner, Expression start, Expression stop, Expression step) : Expression
{
    public override object Evaluate(Renderer renderer)
    {
        object value = renderer.Evaluate(owner);
        object from = renderer.Evaluate(start), to = renderer.Evaluate(stop), by = renderer.Evaluate(step);
        return Slice.Of(renderer, value, from, to, by);
    }
}
