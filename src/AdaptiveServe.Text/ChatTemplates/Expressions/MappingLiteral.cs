using AdaptiveServe.Text.ChatTemplates.Builtins;
using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Expressions;

/// <summary><c>{key: value}</c>.</summary>
internal sealed class MappingLiteral((Expression Key, Expression Value)[] entries) : Expression
{
    public override object Evaluate(Renderer renderer)
    {
        var mapping = new Mapping();
        foreach ((Expression key, Expression value) in entries)
            MappingMethods.Set(renderer, mapping, renderer.Evaluate(key), renderer.Evaluate(value));
        return mapping;
    }
}
