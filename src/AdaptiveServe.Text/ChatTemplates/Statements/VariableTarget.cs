using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Statements;

internal sealed class VariableTarget(string name) : Target
{
    public override void Assign(Renderer renderer, Scope scope, object value) => scope.Set(name, value);
}
