using AdaptiveServe.Text.ChatTemplates.Builtins;
using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Statements;

/// <summary><c>name.attribute</c>, where the name is that of a namespace.</summary>
internal sealed class NamespaceTarget(string name, string attribute) : Target
{
    public override void Assign(Renderer renderer, Scope scope, object value)
    {
        if (renderer.Lookup(name) is not Namespace space)
            throw RenderingException.Failed($"'{name}' is no namespace: its attribute '{attribute}' cannot be set");
        MappingMethods.Set(renderer, space.Attributes, attribute, value);
    }
}
