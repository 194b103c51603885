using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Expressions;

/// <summary><c>[a, b]</c> or <c>(a, b)</c>.</summary>
internal sealed class SequenceLiteral(Expression[] items, bool isTuple) : Expression
{
    public override object Evaluate(Renderer renderer)
    {
        renderer.Budget.AllocateItems(items.Length);
        var values = new List<object>(items.Length);
        foreach (Expression item in items) values.Add(renderer.Evaluate(item));
        return isTuple ? Sequence.Tuple(values) : Sequence.List(values);
    }
}
