using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Expressions;

/// <summary><c>f(a, name=b)</c>.</summary>
internal sealed class CallExpression(Expression function, ArgumentList arguments) : Expression
{
    public override object Evaluate(Renderer renderer) => Call(renderer, caller: null);

    /// <param name="renderer">The rendering.</param>
    /// <param name="caller">The body of a call block.</param>
    public object Call(Renderer renderer, Macro? caller)
    {
        object target = renderer.Evaluate(function);
        if (target is Undefined undefined) throw undefined.Error();
        if (target is not ICallable callable) throw RenderingException.Failed($"a value of type '{TypeName.Of(target)}' cannot be called");
        Arguments values = arguments.Evaluate(renderer);
        return callable.Call(renderer, caller is null ? values : values.Add("caller", caller));
    }
}
