using System.Text;

namespace AdaptiveServe.Lab.CommandLine;

/// <summary>Makes text of unknown origin fit into a message.</summary>
internal static class OneLine
{
    private const int MaxLength = 600;

    /// <summary>
    /// The text on one line: line breaks and tabs become spaces, other control characters are escaped, and the end is cut off.
    /// </summary>
    public static string Of(string text)
    {
        StringBuilder line = new();
        foreach (Rune rune in text.Trim().EnumerateRunes())
        {
            if (line.Length >= MaxLength) return line.Append("...").ToString();
            if (rune.Value is '\r' or '\n' or '\t' or 0x2028 or 0x2029) line.Append(line.Length > 0 && line[^1] == ' ' ? "" : " ");
            else if (Rune.IsControl(rune)) line.Append($"\\u{rune.Value:x4}");
            else line.Append(rune.ToString());
        }

        return line.ToString();
    }
}
