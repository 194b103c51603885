using System.Globalization;
using System.Numerics;
using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Builtins;

/// <summary>Filters for numbers, defaults and JSON.</summary>
internal static class ValueFilters
{
    private const int MaxJsonLength = 1 << 20;
    private const int MaxDigits = 1000;

    public static Builtin[] All { get; } =
    [
        new("default", "default_value? boolean?", Default),
        new("d", "default_value? boolean?", Default),
        new("int", "default? base?", Integer),
        new("float", "default?", (renderer, value, arguments) => (object?)Float(renderer, value) ?? arguments[0] ?? 0.0),
        new("abs", "", (_, value, _) => Numbers.ToDouble(value) < 0 ? Arithmetic.Negate(value) : Arithmetic.Plus(value)),
        new("round", "precision? method?", Round),
        new("tojson", "ensure_ascii? indent? separators? sort_keys?", ToJson),
        new("from_json", "", (renderer, value, _) => FromJson(renderer, Argument.RequiredText(value))),
    ];

    private static object Default(Renderer renderer, object value, object?[] arguments)
    {
        bool isReplaced = value is Undefined || (Argument.Flag(arguments[1]) && !Truth.Of(value));
        return isReplaced ? arguments[0] ?? "" : value;
    }

    private static object Integer(Renderer renderer, object value, object?[] arguments)
    {
        if (Argument.Integer(arguments[1], 10) != 10) throw RenderingException.Failed("the filter 'int' knows base 10 only");
        if (value is Undefined undefined) throw undefined.Error();
        object? number = value is string text ? Number(renderer, text) : value;
        return number switch
        {
            double fraction when Math.Abs(fraction) < long.MaxValue => (long)fraction,
            double => throw RenderingException.Failed("the filter 'int' makes numbers of 64 bits"),
            long or BigInteger => number,
            bool boolean => boolean ? 1L : 0L,
            _ => arguments[0] ?? 0L,
        };
    }

    private static double? Float(Renderer renderer, object value) => value switch
    {
        Undefined undefined => throw undefined.Error(),
        string text when Number(renderer, text) is { } number => Numbers.ToDouble(number),
        _ => Numbers.ToDouble(value),
    };

    // As Python reads them: white space around, and single underscores between digits.
    private static object? Number(Renderer renderer, string text)
    {
        string trimmed = TextMethods.Strip(renderer, text, null, atStart: true, atEnd: true);
        if (trimmed.Length > MaxDigits)
            throw new RenderingException(ChatTemplateFault.LimitExceeded, $"a number in a text has more than {MaxDigits} digits");
        bool isLoose = trimmed.StartsWith('_') || trimmed.EndsWith('_') || trimmed.Contains("__", StringComparison.Ordinal);
        return isLoose ? null : Numbers.Parse(trimmed.Replace("_", "", StringComparison.Ordinal));
    }

    private static object Round(Renderer renderer, object value, object?[] arguments)
    {
        int precision = (int)Math.Clamp(Argument.Integer(arguments[0], 0), -1, 16);
        string method = Argument.Text(arguments[1], "common");
        if (precision is < 0 or > 15) throw RenderingException.Failed("the filter 'round' takes a precision of 0 to 15");
        if (method == "common" && Numbers.ToInteger(value) is { } integer) return integer;
        double number = Numbers.ToDouble(value)
            ?? throw (value as Undefined)?.Error() ?? RenderingException.Failed("the filter 'round' takes a number");
        double factor = Math.Pow(10, precision);
        return method switch
        {
            "ceil" => Math.Ceiling(number * factor) / factor,
            "floor" => Math.Floor(number * factor) / factor,
            "common" when precision == 0 => Math.Round(number),
            "common" => double.Parse(number.ToString("F" + precision, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
            _ => throw RenderingException.Failed("the filter 'round' knows the methods common, ceil and floor"),
        };
    }

    private static string ToJson(Renderer renderer, object value, object?[] arguments)
    {
        string? indent = arguments[1] switch
        {
            null or None => null,
            string text => text,
            var width => new string(' ', (int)Math.Clamp(Argument.Integer(width, 0), 0, 100)),
        };
        (string item, string key) = arguments[2] switch
        {
            null or None => (indent is null ? ", " : ",", ": "),
            Sequence { Items: [string first, string second] } => (first, second),
            _ => throw RenderingException.Failed("'separators' takes two texts"),
        };
        var style = new JsonStyle(indent, item, key, IsAscii: Argument.Flag(arguments[0]), SortsKeys: Argument.Flag(arguments[3]));
        return JsonWriter.Write(renderer, value, style);
    }

    private static object FromJson(Renderer renderer, string text) => text.Length <= MaxJsonLength
        ? JsonReader.Parse(text, renderer.Budget)
        : throw new RenderingException(ChatTemplateFault.LimitExceeded, $"JSON in a text has more than {MaxJsonLength} characters");
}
