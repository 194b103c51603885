using System.Text;

namespace AdaptiveServe.Text.Tokenizers;

/// <summary>A tokenizer cannot be used. <see cref="Exception.Message"/> is one line: the file, then the reason.</summary>
public sealed class TokenizerLoadException : Exception
{
    private const int MaxLength = 600;

    public TokenizerLoadException(string file, string reason, Exception? inner = null)
        : base(OneLine($"{file}: {reason}"), inner) => File = file;

    /// <summary>The file or folder at fault.</summary>
    public string File { get; }

    // Reasons quote what the file says, and a hostile file may say anything.
    private static string OneLine(string text)
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
