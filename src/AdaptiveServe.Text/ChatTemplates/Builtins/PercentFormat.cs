using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Builtins;

/// <summary>Python's formatting of texts with <c>%</c>: s, r, d, i, f, x, X, o, with flags, width and precision, and names in parentheses.</summary>
internal sealed class PercentFormat
{
    private readonly Renderer _renderer;
    private readonly string _format;
    private readonly object _argument;
    private readonly List<object> _values;
    private readonly BoundedText _target;
    private int _position;
    private int _used;

    private PercentFormat(Renderer renderer, string format, object argument)
    {
        (_renderer, _format, _argument, _target) = (renderer, format, argument, new BoundedText(renderer.Budget));
        _values = argument is Sequence { IsTuple: true } tuple ? tuple.Items : [argument];
    }

    public static string Apply(Renderer renderer, string format, object argument) => new PercentFormat(renderer, format, argument).Apply();

    private string Apply()
    {
        while (_position < _format.Length)
        {
            char character = _format[_position++];
            if (character != '%') _target.Append(character);
            else AppendConversion();
        }

        bool mayBeUnused = _argument is Mapping or Undefined or Sequence { IsTuple: false };
        if (_used < _values.Count && !mayBeUnused) throw RenderingException.Failed("a format does not use all its arguments");
        return _target.ToString();
    }

    private void AppendConversion()
    {
        object? named = Peek() == '(' ? Named() : null;
        var specification = new FormatSpecification { Alignment = '>' };
        for (; Peek() is '-' or '+' or ' ' or '0'; _position++)
        {
            specification = Peek() switch
            {
                '-' => specification with { Alignment = '<', Fill = ' ' },
                '0' when specification.Alignment == '>' => specification with { Alignment = '=', Fill = '0' },
                '0' => specification,
                var sign => specification with { Sign = sign },
            };
        }

        specification = specification with { Width = FormatSpecification.Number(_format, ref _position) ?? 0 };
        if (Peek() == '.')
        {
            _position++;
            specification = specification with { Precision = FormatSpecification.Number(_format, ref _position) ?? 0 };
        }

        char type = Peek();
        _position++;
        if (type == '%') _target.Append('%');
        else _target.Append(Converted(type, named ?? Next(), specification));
    }

    private string Converted(char type, object value, FormatSpecification specification) => type switch
    {
        's' or 'r' => (specification with { Type = 's', Fill = ' ', Alignment = specification.Alignment == '=' ? '>' : specification.Alignment })
            .Apply(_renderer, type == 's' ? value : Display.Repr(_renderer, value)),
        'd' or 'i' or 'u' => (specification with { Type = 'd' }).Apply(_renderer, value is double number ? (object)Truncated(number) : value),
        'f' or 'F' or 'x' or 'X' or 'o' => (specification with { Type = type }).Apply(_renderer, value),
        _ => throw RenderingException.Failed("a format has a '%' that is not supported"),
    };

    private object Named()
    {
        int end = _format.IndexOf(')', _position);
        string name = end < 0 ? throw RenderingException.Failed("a format has a '(' without ')'") : _format[(_position + 1)..end];
        _position = end + 1;
        return (_argument as Mapping)?.Find(name) ?? throw RenderingException.Failed($"a format asks for '{name}', which is not given");
    }

    private object Next() =>
        _used < _values.Count ? _values[_used++] : throw RenderingException.Failed("a format asks for more arguments than are given");

    private char Peek() => _position < _format.Length ? _format[_position] : '\0';

    private static long Truncated(double number) => Math.Abs(number) < long.MaxValue
        ? (long)number
        : throw RenderingException.Failed("a number has more than 64 bits");
}
