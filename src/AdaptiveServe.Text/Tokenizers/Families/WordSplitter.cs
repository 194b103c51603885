using System.Globalization;
using System.Text;

namespace AdaptiveServe.Text.Tokenizers.Families;

/// <summary>
/// Cuts a text into the words that are merged apart from each other: each pattern in turn cuts the parts that the one before it left.
/// </summary>
internal sealed class WordSplitter(IReadOnlyList<WordPattern> patterns)
{
    /// <summary>The patterns in the order of their use.</summary>
    public IReadOnlyList<WordPattern> Patterns { get; } = patterns;

    /// <summary>The words in order, as places in the text.</summary>
    public List<(int Start, int Length)> Split(ReadOnlySpan<char> text) =>
        text.IndexOfAnyInRange('\uD800', '\uDFFF') < 0 ? SplitPlain(text) : SplitWithSurrogates(text);

    private List<(int Start, int Length)> SplitPlain(ReadOnlySpan<char> text)
    {
        List<(int Start, int Length)> words = [(0, text.Length)];
        foreach (WordPattern pattern in Patterns)
        {
            List<(int Start, int Length)> parts = new(words.Count);
            foreach ((int start, int length) in words) pattern.Split(text.Slice(start, length), start, parts);
            words = parts;
        }

        return words;
    }

    /// <summary>
    /// .NET's patterns see two UTF-16 units where the tokenizer's authors saw one character. So they are given a text in which each
    /// character outside the basic plane is replaced by one inside it, of the same category: all that the patterns ask about it.
    /// </summary>
    private List<(int Start, int Length)> SplitWithSurrogates(ReadOnlySpan<char> text)
    {
        var shadow = new char[text.Length];
        var places = new int[text.Length + 1];
        int count = 0;
        for (int i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text[i..], out Rune rune, out int length);
            places[count] = i;
            shadow[count++] = rune.IsBmp ? (char)rune.Value : StandIn(Rune.GetUnicodeCategory(rune));
            i += length;
        }

        places[count] = text.Length;
        List<(int Start, int Length)> words = SplitPlain(shadow.AsSpan(0, count));
        for (int i = 0; i < words.Count; i++)
        {
            (int start, int length) = words[i];
            words[i] = (places[start], places[start + length] - places[start]);
        }

        return words;
    }

    private static char StandIn(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => '\u0100',
        UnicodeCategory.LowercaseLetter => '\u0101',
        UnicodeCategory.ModifierLetter => '\u02B0',
        UnicodeCategory.OtherLetter => '\u01BB',
        UnicodeCategory.NonSpacingMark => '\u0300',
        UnicodeCategory.SpacingCombiningMark => '\u0903',
        UnicodeCategory.EnclosingMark => '\u0488',
        UnicodeCategory.DecimalDigitNumber => '\u0660',
        UnicodeCategory.LetterNumber => '\u2160',
        UnicodeCategory.OtherNumber => '\u00B2',
        UnicodeCategory.Format => '\u200B',
        UnicodeCategory.PrivateUse => '\uE000',
        UnicodeCategory.DashPunctuation => '\u2010',
        UnicodeCategory.OtherPunctuation => '\u00A1',
        UnicodeCategory.MathSymbol => '\u00AC',
        UnicodeCategory.CurrencySymbol => '\u00A2',
        UnicodeCategory.ModifierSymbol => '\u00A8',
        UnicodeCategory.OtherSymbol => '\u00A6',
        _ => '\uFFFE', // not assigned; the remaining categories have no characters outside the basic plane
    };
}
