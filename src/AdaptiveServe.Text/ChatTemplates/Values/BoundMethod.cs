using AdaptiveServe.Text.ChatTemplates.Builtins;
using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>A method and the value it belongs to.</summary>
internal sealed class BoundMethod(object self, Builtin method) : ICallable
{
    public object Call(Renderer renderer, Arguments arguments) => method.Invoke(renderer, self, arguments);
}
