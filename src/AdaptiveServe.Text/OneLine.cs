using System.Text;

namespace AdaptiveServe.Text;

/// <summary>Messages quote files, templates and conversations, which may say anything: they become one line of bounded length.</summary>
internal static class OneLine
{
    private const int MaxLength = 600;

    public static string Of(string text)
    {
        var line = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (line.Length >= MaxLength) return line.Append("...").ToString();
            if (Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029) line.Append($"\\u{rune.Value:x4}");
            else line.Append(rune.ToString());
        }

        return line.ToString();
    }
}
