using System.Globalization;
using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Builtins;

/// <summary>How one value is laid out by Python's <c>str.format</c> or <c>%</c>.</summary>
internal sealed record FormatSpecification
{
    private const int MaxWidth = 10_000;

    public char Fill { get; init; } = ' ';

    /// <summary>&lt; left, &gt; right, ^ centered, = padding after the sign; none is right for numbers and left for others.</summary>
    public char? Alignment { get; init; }

    /// <summary>What stands before numbers that are not negative: '+', ' ' or nothing ('-').</summary>
    public char Sign { get; init; } = '-';

    public int Width { get; init; }

    /// <summary>The separator of thousands.</summary>
    public char? Grouping { get; init; }

    public int? Precision { get; init; }

    /// <summary>One of s d x X o b f F %; none is the natural one of the value.</summary>
    public char? Type { get; init; }

    /// <summary>Reads <c>[[fill]align][sign][0][width][,][.precision][type]</c>.</summary>
    public static FormatSpecification Parse(string text)
    {
        int at = 0;
        var result = new FormatSpecification();
        if (text is [var fill, '<' or '>' or '^' or '=', ..])
        {
            result = result with { Fill = fill, Alignment = text[1] };
            at = 2;
        }
        else if (text is ['<' or '>' or '^' or '=', ..]) result = result with { Alignment = text[at++] };

        if (at < text.Length && text[at] is '+' or '-' or ' ') result = result with { Sign = text[at++] };
        if (at < text.Length && text[at] == '0' && result.Alignment is null) result = result with { Fill = '0', Alignment = '=' };
        result = result with { Width = Number(text, ref at) ?? 0 };
        if (at < text.Length && text[at] is ',' or '_') result = result with { Grouping = text[at++] };
        if (at < text.Length && text[at] == '.')
        {
            at++;
            result = result with { Precision = Number(text, ref at) ?? throw Unsupported(text) };
        }

        if (at < text.Length) result = result with { Type = text[at++] };
        return at == text.Length ? result : throw Unsupported(text);
    }

    /// <summary>The number that begins there; null where there is none.</summary>
    public static int? Number(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        if (start == at) return null;
        if (int.TryParse(text.AsSpan(start..at), out int number) && number <= MaxWidth) return number;
        throw new RenderingException(ChatTemplateFault.LimitExceeded, $"a width or precision is larger than {MaxWidth}");
    }

    public string Apply(Renderer renderer, object value) => Type switch
    {
        null when value is long or bool && (Width > 0 || Grouping is not null || Sign != '-') => OfInteger(value, 'd'),
        null when value is double number && Precision is null => Pad(Signed(Numbers.Show(Math.Abs(number)), number < 0), isNumber: true),
        null when value is double => throw Unsupported("." + Precision),
        null or 's' => OfText(Display.Str(renderer, value)),
        'd' or 'x' or 'X' or 'o' or 'b' => OfInteger(value, Type.Value),
        'f' or 'F' or '%' => OfFraction(value),
        _ => throw Unsupported(Type.ToString()!),
    };

    private string OfText(string text) => Pad(Precision is { } length ? text[..CodePoints.Offset(text, length)] : text, isNumber: false);

    private string OfInteger(object value, char type)
    {
        long number = Numbers.ToInteger(value)
            ?? throw RenderingException.Failed($"format '{type}' takes a whole number, not a value of type '{TypeName.Of(value)}'");
        ulong magnitude = number < 0 ? 0 - (ulong)number : (ulong)number;
        string digits = type switch
        {
            'd' => magnitude.ToString(Grouping is null ? "D" : "N0", CultureInfo.InvariantCulture).Replace(',', Grouping ?? ','),
            'x' => magnitude.ToString("x", CultureInfo.InvariantCulture),
            'X' => magnitude.ToString("X", CultureInfo.InvariantCulture),
            'o' => Convert.ToString((long)magnitude, 8),
            _ => magnitude.ToString("b", CultureInfo.InvariantCulture),
        };
        return Pad(Signed(digits, number < 0), isNumber: true);
    }

    private string OfFraction(object value)
    {
        double number = Numbers.ToDouble(value)
            ?? throw RenderingException.Failed($"format '{Type}' takes a number, not a value of type '{TypeName.Of(value)}'");
        double magnitude = Math.Abs(number) * (Type == '%' ? 100 : 1);
        string format = (Grouping is null ? "F" : "N") + (Precision ?? 6);
        string digits = double.IsFinite(number)
            ? magnitude.ToString(format, CultureInfo.InvariantCulture).Replace(',', Grouping ?? ',')
            : Numbers.Show(magnitude);
        return Pad(Signed(digits, double.IsNegative(number)) + (Type == '%' ? "%" : ""), isNumber: true);
    }

    private string Signed(string digits, bool isNegative) => isNegative ? "-" + digits : Sign == '-' ? digits : Sign + digits;

    /// <summary>Fills up to a width, by &lt;, &gt;, ^ or =.</summary>
    public static string Pad(string text, int width, char alignment, char fill)
    {
        int missing = width - CodePoints.Count(text);
        if (missing <= 0) return text;
        int left = alignment switch { '<' => 0, '^' => missing / 2, _ => missing };
        string before = new(fill, left), after = new(fill, missing - left);
        bool isAfterSign = alignment == '=' && text is ['-' or '+' or ' ', ..];
        return isAfterSign ? text[0] + before + text[1..] : before + text + after;
    }

    private string Pad(string text, bool isNumber) => Pad(text, Width, Alignment ?? (isNumber ? '>' : '<'), Fill);

    private static RenderingException Unsupported(string text) => RenderingException.Failed($"the format '{text}' is not supported");
}
