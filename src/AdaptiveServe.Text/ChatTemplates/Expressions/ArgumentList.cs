using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Expressions;

/// <summary>The arguments of a call as the template writes them.</summary>
internal sealed record ArgumentList(Expression[] Positional, (string Name, Expression Value)[] Keywords)
{
    public static ArgumentList None { get; } = new([], []);

    public Arguments Evaluate(Renderer renderer)
    {
        if (Positional.Length + Keywords.Length == 0) return Arguments.None;
        object[] positional = Positional.Length == 0 ? [] : new object[Positional.Length];
        for (int i = 0; i < positional.Length; i++) positional[i] = renderer.Evaluate(Positional[i]);
        KeyValuePair<string, object>[] keywords = Keywords.Length == 0 ? [] : new KeyValuePair<string, object>[Keywords.Length];
        for (int i = 0; i < keywords.Length; i++) keywords[i] = new(Keywords[i].Name, renderer.Evaluate(Keywords[i].Value));
        return new Arguments(positional, keywords);
    }
}
