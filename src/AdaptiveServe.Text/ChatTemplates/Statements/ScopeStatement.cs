using AdaptiveServe.Text.ChatTemplates.Expressions;
using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Statements;

/// <summary>
/// A body with variables of its own: <c>{% with name = value %}</c>, and <c>{% generation %}</c>, which marks what the model writes and is
/// of use in training alone.
/// </summary>
internal sealed class ScopeStatement(int line, (Target Target, Expression Value)[] variables, Statement[] body) : Statement(line)
{
    public override Completion Execute(Renderer renderer)
    {
        var scope = new Scope(renderer.Scope);
        foreach ((Target target, Expression value) in variables) target.Assign(renderer, scope, renderer.Evaluate(value));
        return renderer.ExecuteIn(scope, body);
    }
}
