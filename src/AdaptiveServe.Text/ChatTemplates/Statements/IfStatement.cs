using AdaptiveServe.Text.ChatTemplates.Expressions;
using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Statements;

/// <summary><c>{% if %} {% elif %} {% else %} {% endif %}</c>: the first branch whose condition is true or absent.</summary>
internal sealed class IfStatement(int line, (Expression? Condition, Statement[] Body)[] branches) : Statement(line)
{
    public override Completion Execute(Renderer renderer)
    {
        foreach ((Expression? condition, Statement[] body) in branches)
            if (condition is null || Truth.Of(renderer.Evaluate(condition))) return renderer.Execute(body);
        return Completion.Normal;
    }
}
