using System.Globalization;
using System.Text;
using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Builtins;

/// <summary>C's <c>strftime</c>, in English, for a time without a zone as Python's <c>datetime.now()</c>.</summary>
internal static class TimeFormat
{
    private const int MaxLength = 1000;

    public static string Apply(DateTimeOffset time, string format)
    {
        if (format.Length > MaxLength)
            throw new RenderingException(ChatTemplateFault.LimitExceeded, $"a time format has more than {MaxLength} characters");
        var target = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                target.Append(format[i]);
                continue;
            }

            bool isUnpadded = i + 1 < format.Length && format[i + 1] == '-';
            if (isUnpadded) i++;
            if (++i == format.Length) throw RenderingException.Failed("a time format ends in '%'");
            string part = Part(time, format[i]);
            target.Append(isUnpadded && part.Length > 0 ? part[..^1].TrimStart('0', ' ') + part[^1] : part);
        }

        return target.ToString();
    }

    private static string Part(DateTimeOffset time, char directive)
    {
        return directive switch
        {
            'Y' => Show("yyyy"),
            'y' => Show("yy"),
            'm' => Show("MM"),
            'd' => Show("dd"),
            'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            'H' => Show("HH"),
            'I' => Show("hh"),
            'M' => Show("mm"),
            'S' => Show("ss"),
            'f' => Show("ffffff"),
            'p' => Show("tt"),
            'b' or 'h' => Show("MMM"),
            'B' => Show("MMMM"),
            'a' => Show("ddd"),
            'A' => Show("dddd"),
            'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
            'u' => (((int)time.DayOfWeek + 6) % 7 + 1).ToString(CultureInfo.InvariantCulture),
            'w' => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'F' => Show("yyyy-MM-dd"),
            'T' or 'X' => Show("HH:mm:ss"),
            'R' => Show("HH:mm"),
            'D' or 'x' => Show("MM/dd/yy"),
            'c' => $"{Show("ddd MMM")} {Part(time, 'e')} {Show("HH:mm:ss yyyy")}",
            'Z' or 'z' => "",
            'n' => "\n",
            't' => "\t",
            '%' => "%",
            _ => throw RenderingException.Failed($"the time format '%{directive}' is not supported"),
        };

        string Show(string format) => time.ToString(format, CultureInfo.InvariantCulture);
    }
}
