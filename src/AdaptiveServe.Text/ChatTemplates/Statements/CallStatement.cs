using AdaptiveServe.Text.ChatTemplates.Expressions;
using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Statements;

/// <summary><c>{% call(parameters) macro(arguments) %} body {% endcall %}</c>: the macro gets the body as <c>caller</c>.</summary>
internal sealed class CallStatement(int line, CallExpression call, MacroDefinition body) : Statement(line)
{
    public override Completion Execute(Renderer renderer)
    {
        Display.Write(renderer, call.Call(renderer, new Macro(body, renderer.Scope)), renderer.Output);
        return Completion.Normal;
    }
}
