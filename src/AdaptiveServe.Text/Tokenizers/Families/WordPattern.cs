using System.Text.RegularExpressions;

namespace AdaptiveServe.Text.Tokenizers.Families;

/// <summary>A pattern whose matches are words of their own.</summary>
/// <param name="matches">The pattern. The tokenizer's author vouches for its running time; the timeout is a last resort.</param>
/// <param name="keepsGaps">Whether the text between two matches is a word too, or is dropped.</param>
internal sealed partial class WordPattern(Regex matches, bool keepsGaps)
{
    private const int Timeout = 10_000; // ms

    /// <exception cref="ArgumentException">The pattern is not valid here.</exception>
    public WordPattern(string pattern, bool keepsGaps = true)
        : this(new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.Compiled, TimeSpan.FromMilliseconds(Timeout)), keepsGaps)
    {
    }

    /// <summary>The words of GPT-2: contractions, letters, digits and the rest, each with a space before it.</summary>
    public static WordPattern Gpt2 { get; } = new(Gpt2Words(), keepsGaps: true);

    /// <summary>The pattern as it was written.</summary>
    public string Pattern => matches.ToString();

    /// <summary>Appends the words of a part of a text; <paramref name="offset"/> is where the part begins.</summary>
    public void Split(ReadOnlySpan<char> part, int offset, List<(int Start, int Length)> words)
    {
        int end = 0;
        foreach (ValueMatch match in matches.EnumerateMatches(part))
        {
            if (match.Length == 0) continue;
            if (keepsGaps && match.Index > end) words.Add((offset + end, match.Index - end));
            words.Add((offset + match.Index, match.Length));
            end = match.Index + match.Length;
        }

        if (keepsGaps && part.Length > end) words.Add((offset + end, part.Length - end));
    }

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", RegexOptions.CultureInvariant, Timeout)]
    private static partial Regex Gpt2Words();
}
