using System.Globalization;
using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Builtins;

/// <summary>
/// How Python's <c>str.format</c> lays one value out: <c>[[fill]align][0][width][,][.precision][type]</c>, with types s, d, x, X, f.
/// </summary>
internal readonly struct FormatSpecification
{
    private const int MaxWidth = 10_000;

    private readonly string _text;
    private readonly char _fill = ' ';
    private readonly char? _alignment; // < > ^, or = for padding after the sign; by default > for numbers and < for others
    private readonly int _width;
    private readonly bool _isGrouped; // with commas between thousands
    private readonly int? _precision;
    private readonly char? _type;

    public FormatSpecification(string text)
    {
        _text = text;
        int at = 0;
        if (text is [var fill, '<' or '>' or '^' or '=', ..]) (_fill, _alignment, at) = (fill, text[1], 2);
        else if (text is ['<' or '>' or '^' or '=', ..]) _alignment = text[at++];
        else if (text is ['0', ..]) (_fill, _alignment) = ('0', '=');

        _width = Number(ref at) ?? 0;
        if (At(at) == ',') (_isGrouped, at) = (true, at + 1);
        if (At(at) == '.')
        {
            at++;
            _precision = Number(ref at) ?? throw Unsupported();
        }

        if (at < text.Length) _type = text[at++];
        if (at < text.Length) throw Unsupported();
    }

    public string Apply(Renderer renderer, object value) => _type switch
    {
        null when value is long && _precision is null => OfInteger(value, 'd'),
        null when value is double number && _precision is null && !_isGrouped => Pad(Numbers.Show(number), '>'),
        null or 's' when value is string text && !_isGrouped => Pad(text[..CodePoints.Offset(text, _precision ?? text.Length)], '<'),
        'd' or 'x' or 'X' => OfInteger(value, _type.Value),
        'f' => OfFraction(value),
        _ => throw Unsupported(),
    };

    private string OfInteger(object value, char type)
    {
        long number = Numbers.ToInteger(value) ?? throw Unsupported();
        ulong magnitude = number < 0 ? 0 - (ulong)number : (ulong)number;
        string format = type == 'd' && _isGrouped ? "N0" : type.ToString();
        return Pad((number < 0 ? "-" : "") + magnitude.ToString(format, CultureInfo.InvariantCulture), '>');
    }

    private string OfFraction(object value)
    {
        double number = Numbers.ToDouble(value) ?? throw Unsupported();
        if (!double.IsFinite(number)) return Pad(Numbers.Show(number), '>');
        string format = (_isGrouped ? "N" : "F") + (_precision ?? 6).ToString(CultureInfo.InvariantCulture);
        return Pad(number.ToString(format, CultureInfo.InvariantCulture), '>');
    }

    private string Pad(string text, char standard)
    {
        int missing = _width - CodePoints.Count(text);
        if (missing <= 0) return text;
        char alignment = _alignment ?? standard;
        int left = alignment switch { '<' => 0, '^' => missing / 2, _ => missing };
        string before = new(_fill, left), after = new(_fill, missing - left);
        return alignment == '=' && text is ['-', ..] ? "-" + before + text[1..] : before + text + after;
    }

    /// <summary>The number that begins there; null where there is none.</summary>
    private int? Number(ref int at)
    {
        int start = at;
        while (char.IsAsciiDigit(At(at))) at++;
        if (start == at) return null;
        if (int.TryParse(_text.AsSpan(start..at), out int number) && number <= MaxWidth) return number;
        throw new RenderingException(ChatTemplateFault.LimitExceeded, $"a width or precision is larger than {MaxWidth}");
    }

    private char At(int index) => index < _text.Length ? _text[index] : '\0';

    private RenderingException Unsupported() => RenderingException.Failed($"the format '{_text}' is not supported, or not for that value");
}
