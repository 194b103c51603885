using System.Text;

namespace AdaptiveServe.Text.ChatTemplates;

/// <summary>A chat template cannot be loaded, or gives no text. <see cref="Exception.Message"/> is one line.</summary>
public sealed class ChatTemplateException(ChatTemplateFault fault, string message, Exception? inner = null)
    : Exception(OneLine(message), inner)
{
    private const int MaxLength = 600;

    public ChatTemplateFault Fault { get; } = fault;

    // Messages quote templates and conversations, which may say anything.
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
