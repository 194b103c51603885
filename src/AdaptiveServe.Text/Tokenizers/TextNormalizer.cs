namespace AdaptiveServe.Text.Tokenizers;

/// <summary>The changes a tokenizer makes to a text before it cuts it into words: a chain of steps, each linear in the text.</summary>
internal sealed class TextNormalizer(params IReadOnlyList<Func<string, string>> steps)
{
    public static readonly TextNormalizer None = new();

    public string Normalize(string text)
    {
        foreach (Func<string, string> step in steps) text = step(text);
        return text;
    }

    public static Func<string, string> Prepend(string prefix) => text => text.Length == 0 ? text : prefix + text;

    public static Func<string, string> Replace(string old, string replacement) =>
        text => text.Replace(old, replacement, StringComparison.Ordinal);
}
