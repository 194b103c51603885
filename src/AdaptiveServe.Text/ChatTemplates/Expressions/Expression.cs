using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Expressions;

/// <summary>A part of a template that has a value.</summary>
internal abstract class Expression
{
    /// <summary>Called through <see cref="Renderer.Evaluate"/>, which counts.</summary>
    public abstract object Evaluate(Renderer renderer);
}
