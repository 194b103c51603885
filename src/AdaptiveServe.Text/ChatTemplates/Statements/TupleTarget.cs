using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Statements;

/// <summary><c>a, b</c>: each takes one item of the value.</summary>
internal sealed class TupleTarget(Target[] targets) : Target
{
    public override void Assign(Renderer renderer, Scope scope, object value)
    {
        if (value is Undefined undefined) throw undefined.Error();
        List<object> items = value is Sequence sequence ? sequence.Items : Iteration.ToList(renderer, value);
        if (items.Count != targets.Length)
            throw RenderingException.Failed($"{targets.Length} variables cannot take {items.Count} values");
        for (int i = 0; i < targets.Length; i++) targets[i].Assign(renderer, scope, items[i]);
    }
}
