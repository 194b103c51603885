using AdaptiveServe.Text.ChatTemplates.Expressions;
using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Statements;

/// <summary>
/// <c>{% set target | filter %} body {% endset %}</c>, and <c>{% filter filter %} body {% endfilter %}</c> without a target, which
/// writes: both take what the body writes through filters.
/// </summary>
internal sealed class CaptureStatement(int line, Target? target, FilterCall[] filters, Statement[] body) : Statement(line)
{
    public override Completion Execute(Renderer renderer)
    {
        object value = renderer.Capture(new Scope(renderer.Scope), body);
        foreach (FilterCall filter in filters) value = filter.Apply(renderer, value);
        if (target is null) Display.Write(renderer, value, renderer.Output);
        else target.Assign(renderer, renderer.Scope, value);
        return Completion.Normal;
    }
}
