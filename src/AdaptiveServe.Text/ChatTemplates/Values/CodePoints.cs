using System.Text;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>Texts as Python sees them: made of code points. Halves of surrogate pairs that stand alone count as one each.</summary>
internal static class CodePoints
{
    private static readonly string[] Ascii = [.. Enumerable.Range(0, 128).Select(code => ((char)code).ToString())];

    /// <summary>Whether each char is a code point of its own.</summary>
    public static bool AreChars(ReadOnlySpan<char> text) => !text.ContainsAnyInRange('\uD800', '\uDFFF');

    public static int Count(ReadOnlySpan<char> text)
    {
        if (AreChars(text)) return text.Length;
        int count = 0;
        for (int i = 0; i < text.Length; i += LengthAt(text, i)) count++;
        return count;
    }

    /// <summary>Where the code point of that number begins; the end of the text where there are not as many.</summary>
    public static int Offset(string text, long number)
    {
        if (AreChars(text)) return (int)Math.Min(number, text.Length);
        int offset = 0;
        for (long i = 0; i < number && offset < text.Length; i++) offset += LengthAt(text, offset);
        return offset;
    }

    public static IEnumerable<string> Each(string text)
    {
        for (int i = 0; i < text.Length;)
        {
            int length = LengthAt(text, i);
            yield return text[i] < 128 ? Ascii[text[i]] : text.Substring(i, length);
            i += length;
        }
    }

    /// <summary>Upper or lower case of the first code point, and of the rest.</summary>
    public static string Capitalize(string text)
    {
        if (text.Length == 0) return text;
        int length = LengthAt(text, 0);
        return text[..length].ToUpperInvariant() + text[length..].ToLowerInvariant();
    }

    /// <summary>Whether there is a code point and all of them fulfil the condition.</summary>
    public static bool All(string text, Func<Rune, bool> condition)
    {
        foreach (Rune rune in text.EnumerateRunes())
            if (!condition(rune)) return false;
        return text.Length > 0;
    }

    public static bool IsSpace(char character) => char.IsWhiteSpace(character) || character is >= '\x1c' and <= '\x1f';

    /// <summary>How many chars the code point has.</summary>
    public static int LengthAt(ReadOnlySpan<char> text, int index) =>
        index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]) ? 2 : 1;
}
