using System.Globalization;
using System.Text;

namespace AdaptiveServe.Text.ChatTemplates.Parsing;

/// <summary>Python's escape sequences; those that it does not know stay as they are.</summary>
internal static class StringLiteral
{
    /// <summary>Null where an escape sequence is not well formed, or names a character (<c>\N{...}</c>).</summary>
    public static string? Decode(ReadOnlySpan<char> text)
    {
        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\') result.Append(text[i]);
            else if (!TryDecode(text[(i + 1)..], result, out int length)) return null;
            else i += length;
        }

        return result.ToString();
    }

    /// <param name="text">What follows the backslash.</param>
    /// <param name="result">Takes the character.</param>
    /// <param name="length">How much of the text it is.</param>
    private static bool TryDecode(ReadOnlySpan<char> text, StringBuilder result, out int length)
    {
        length = 1;
        switch (text[0])
        {
            case '\n': return true;
            case '\\' or '\'' or '"': result.Append(text[0]); return true;
            case 'a': result.Append('\a'); return true;
            case 'b': result.Append('\b'); return true;
            case 'f': result.Append('\f'); return true;
            case 'n': result.Append('\n'); return true;
            case 'r': result.Append('\r'); return true;
            case 't': result.Append('\t'); return true;
            case 'v': result.Append('\v'); return true;
            case >= '0' and <= '7': return TryOctal(text, result, out length);
            case 'x': return TryHex(text, 2, result, out length);
            case 'u': return TryHex(text, 4, result, out length);
            case 'U': return TryHex(text, 8, result, out length);
            case 'N': return false;
            default: result.Append('\\').Append(text[0]); return true;
        }
    }

    private static bool TryOctal(ReadOnlySpan<char> text, StringBuilder result, out int length)
    {
        int code = 0;
        for (length = 0; length < Math.Min(3, text.Length) && text[length] is >= '0' and <= '7'; length++)
            code = code * 8 + text[length] - '0';
        result.Append((char)code);
        return true;
    }

    private static bool TryHex(ReadOnlySpan<char> text, int digits, StringBuilder result, out int length)
    {
        length = 1 + digits;
        if (text.Length < length) return false;
        if (!uint.TryParse(text[1..length], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code)) return false;
        if (code <= char.MaxValue) result.Append((char)code); // also halves of surrogate pairs
        else if (Rune.TryCreate(code, out Rune rune)) result.Append(rune.ToString());
        else return false;
        return true;
    }
}
