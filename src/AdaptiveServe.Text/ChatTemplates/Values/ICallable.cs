using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Values;

internal interface ICallable
{
    object Call(Renderer renderer, Arguments arguments);
}
