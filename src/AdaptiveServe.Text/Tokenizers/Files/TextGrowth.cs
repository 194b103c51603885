namespace AdaptiveServe.Text.Tokenizers.Files;

/// <summary>Keeps the replacements of a file, one applied after the other, from blowing a text up.</summary>
internal sealed class TextGrowth
{
    private const double Max = 64;

    private double _factor = 1;

    /// <summary>Takes one more replacement into account; an empty <paramref name="old"/> stands for an insertion.</summary>
    /// <exception cref="TokenizerLoadException">A text may become too long.</exception>
    public void Add(JsonValue step, string old, string replacement)
    {
        _factor *= old.Length == 0 ? 1 + replacement.Length : Math.Max(1, replacement.Length / (double)old.Length);
        if (_factor > Max) throw step.Error($"a text may become more than {Max} times as long, which is not supported");
    }
}
