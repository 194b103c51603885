using System.Numerics;
using System.Text;
using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>Python's <c>str</c> and <c>repr</c>.</summary>
internal static class Display
{
    public static string Str(Renderer renderer, object value)
    {
        if (value is string text) return text;
        var target = new BoundedText(renderer.Budget);
        Write(renderer, value, target);
        return target.ToString();
    }

    public static string Repr(Renderer renderer, object value)
    {
        var target = new BoundedText(renderer.Budget);
        WriteRepr(renderer, value, target);
        return target.ToString();
    }

    public static void Write(Renderer renderer, object value, BoundedText target)
    {
        if (value is string text) target.Append(text);
        else if (value is not Undefined) WriteRepr(renderer, value, target);
    }

    private static void WriteRepr(Renderer renderer, object value, BoundedText target)
    {
        renderer.Budget.Enter();
        switch (value)
        {
            case string text: WriteQuoted(text, target); break;
            case Sequence sequence: WriteItems(renderer, sequence, target); break;
            case Mapping mapping: WriteEntries(renderer, mapping, target); break;
            case Namespace space:
                target.Append("<Namespace ");
                WriteEntries(renderer, space.Attributes, target);
                target.Append('>');
                break;
            default: target.Append(Scalar(value)); break;
        }

        renderer.Budget.Leave();
    }

    private static string Scalar(object value) => value switch
    {
        None => "None",
        bool boolean => boolean ? "True" : "False",
        long number => number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        BigInteger number => number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        double number => Numbers.Show(number),
        Undefined => "Undefined",
        _ => throw RenderingException.Failed($"a value of type '{TypeName.Of(value)}' cannot be shown as text"),
    };

    private static void WriteItems(Renderer renderer, Sequence sequence, BoundedText target)
    {
        (string opening, string closing) = sequence.Brackets;
        target.Append(opening);
        for (int i = 0; i < sequence.Items.Count && !sequence.IsRange; i++)
        {
            if (i > 0) target.Append(", ");
            WriteRepr(renderer, sequence.Items[i], target);
        }

        target.Append(closing);
    }

    private static void WriteEntries(Renderer renderer, Mapping mapping, BoundedText target)
    {
        target.Append('{');
        for (int i = 0; i < mapping.Count; i++)
        {
            if (i > 0) target.Append(", ");
            (object key, object value) = mapping.At(i);
            WriteRepr(renderer, key, target);
            target.Append(": ");
            WriteRepr(renderer, value, target);
        }

        target.Append('}');
    }

    private static void WriteQuoted(string text, BoundedText target)
    {
        char quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        target.Append(quote);
        for (int i = 0; i < text.Length; i++)
        {
            if (Rune.TryGetRuneAt(text, i, out Rune rune)) WriteQuoted(rune, quote, target);
            else target.Append($"\\u{(int)text[i]:x4}");
            i += rune.Utf16SequenceLength - 1;
        }

        target.Append(quote);
    }

    private static void WriteQuoted(Rune rune, char quote, BoundedText target)
    {
        switch (rune.Value)
        {
            case '\\': target.Append(@"\\"); break;
            case '\n': target.Append(@"\n"); break;
            case '\r': target.Append(@"\r"); break;
            case '\t': target.Append(@"\t"); break;
            case var code when code == quote: target.Append(['\\', quote]); break;
            case ' ': target.Append(' '); break;
            case var code when IsPrintable(rune): Append(rune, target); break;
            case < 0x100: target.Append($"\\x{rune.Value:x2}"); break;
            case < 0x10000: target.Append($"\\u{rune.Value:x4}"); break;
            default: target.Append($"\\U{rune.Value:x8}"); break;
        }
    }

    private static void Append(Rune rune, BoundedText target)
    {
        Span<char> chars = stackalloc char[2];
        target.Append(chars[..rune.EncodeToUtf16(chars)]);
    }

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format
        or System.Globalization.UnicodeCategory.Surrogate or System.Globalization.UnicodeCategory.PrivateUse
        or System.Globalization.UnicodeCategory.OtherNotAssigned or System.Globalization.UnicodeCategory.SpaceSeparator
        or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator);
}
