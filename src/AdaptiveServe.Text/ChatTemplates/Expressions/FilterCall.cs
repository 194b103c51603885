using AdaptiveServe.Text.ChatTemplates.Builtins;
using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Expressions;

/// <summary>A filter with its arguments.</summary>
internal sealed class FilterCall(Builtin filter, ArgumentList arguments)
{
    public object Apply(Renderer renderer, object value) => filter.Invoke(renderer, value, arguments.Evaluate(renderer));
}
