using System.Globalization;
using System.Text;

namespace AdaptiveServe.Torch.Loading;

/// <summary>A model folder cannot be used. The message is one line that names the file and the reason.</summary>
/// <remarks>Everything that can be wrong with the files of a model is reported by this type, never by another one.</remarks>
public sealed class ModelLoadException : Exception
{
    private const int MaxQuotedLength = 120;
    private const int MaxReasonLength = 1000;

    /// <summary>Creates the message <c>file: reason</c>; control characters are shown escaped, so that it stays one line.</summary>
    public ModelLoadException(string file, string reason, Exception? innerException = null)
        : base($"{OneLine(file)}: {Clip(OneLine(reason), MaxReasonLength)}", innerException)
    {
        File = file;
    }

    /// <summary>The path of the file or folder at fault.</summary>
    public string File { get; }

    /// <summary>A text taken from a file, in quotes and cut to a length that fits into a message.</summary>
    internal static string Quote(string text) => $"'{Clip(text, MaxQuotedLength)}'";

    private static string Clip(string text, int length) => text.Length <= length ? text : string.Concat(text.AsSpan(0, length), "...");

    private static string OneLine(string text)
    {
        if (!text.Any(IsLineBreaking)) return text;
        StringBuilder line = new(text.Length + 16);
        foreach (char c in text)
        {
            if (IsLineBreaking(c)) line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else line.Append(c);
        }
        return line.ToString();
    }

    private static bool IsLineBreaking(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';
}
