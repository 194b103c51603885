using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Statements;

/// <summary><c>{% macro name(parameters) %} body {% endmacro %}</c>.</summary>
internal sealed class MacroStatement(int line, MacroDefinition definition) : Statement(line)
{
    public override Completion Execute(Renderer renderer)
    {
        renderer.Scope.Set(definition.Name, new Macro(definition, renderer.Scope));
        return Completion.Normal;
    }
}
