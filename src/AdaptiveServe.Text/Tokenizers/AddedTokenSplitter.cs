using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace AdaptiveServe.Text.Tokenizers;

/// <summary>Finds added tokens in a text: the leftmost first, and of those that start there the longest.</summary>
internal sealed class AddedTokenSplitter
{
    private readonly SearchValues<string> _anyToken;
    private readonly Dictionary<char, AddedToken[]> _byFirstChar; // the longest first

    /// <summary>The tokens' contents are searched as given; none of them is empty.</summary>
    public AddedTokenSplitter(IReadOnlyList<AddedToken> tokens)
    {
        _anyToken = SearchValues.Create([.. tokens.Select(token => token.Content)], StringComparison.Ordinal);
        _byFirstChar = tokens.GroupBy(token => token.Content[0])
            .ToDictionary(group => group.Key, group => group.OrderByDescending(token => token.Content.Length).ToArray());
    }

    /// <summary>
    /// Finds the next token in <paramref name="text"/> from <paramref name="from"/> on. Its extent includes the white space that it
    /// takes along; what lies between <paramref name="from"/> and <paramref name="start"/> is ordinary text.
    /// </summary>
    public AddedToken? FindNext(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        for (int position = from; position < text.Length;)
        {
            int offset = text[position..].IndexOfAny(_anyToken);
            if (offset < 0) break;
            position += offset;

            AddedToken token = LongestAt(text, position);
            start = position;
            end = position += token.Content.Length;
            if (token.SingleWord && !IsAlone(text, start, end)) continue;
            if (token.StripLeft) start = from + text[from..start].TrimEnd().Length;
            if (token.StripRight) end = text.Length - text[end..].TrimStart().Length;
            return token;
        }

        start = end = text.Length;
        return null;
    }

    private AddedToken LongestAt(ReadOnlySpan<char> text, int position)
    {
        foreach (AddedToken token in _byFirstChar[text[position]])
            if (text[position..].StartsWith(token.Content, StringComparison.Ordinal)) return token;
        throw new UnreachableException();
    }

    private static bool IsAlone(ReadOnlySpan<char> text, int start, int end)
    {
        Rune.DecodeLastFromUtf16(text[..start], out Rune before, out _);
        Rune.DecodeFromUtf16(text[end..], out Rune after, out _);
        return (start == 0 || !IsWordCharacter(before)) && (end == text.Length || !IsWordCharacter(after));
    }

    /// <summary>
    /// What the tokenizers library's <c>\w</c> means (Unicode Technical Standard 18, annex C): letters, marks and digits, whose categories
    /// come first, and what connects them.
    /// </summary>
    private static bool IsWordCharacter(Rune rune) => rune.Value is 0x200C or 0x200D || IsLetterLikeSymbol(rune.Value)
        || Rune.GetUnicodeCategory(rune) is <= UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation;

    /// <summary>Circled and squared letters, which are symbols by category.</summary>
    private static bool IsLetterLikeSymbol(int value) => value is >= 0x24B6 and <= 0x24E9 or >= 0x1F130 and <= 0x1F149
        or >= 0x1F150 and <= 0x1F169 or >= 0x1F170 and <= 0x1F189;
}
