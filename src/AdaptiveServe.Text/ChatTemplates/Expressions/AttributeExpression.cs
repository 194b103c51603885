using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Expressions;

/// <summary><c>a.name</c>.</summary>
internal sealed class AttributeExpression(Expression owner, string name) : Expression
{
    public Expression Owner { get; } = owner;

    public string Name { get; } = name;

    public override object Evaluate(Renderer renderer) => Access.Attribute(renderer.Evaluate(Owner), Name);
}
