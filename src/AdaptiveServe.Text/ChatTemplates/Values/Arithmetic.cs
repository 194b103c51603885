using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>Python's arithmetic on numbers, texts and sequences. Whole numbers have 64 bits; a result beyond them is an error.</summary>
internal static class Arithmetic
{
    public static object Apply(Renderer renderer, string operation, object a, object b)
    {
        if ((a as Undefined ?? b as Undefined) is { } undefined) throw undefined.Error();
        try
        {
            return operation switch
            {
                "+" when a is string x && b is string y => Concat(renderer, x, y),
                "+" when IsRepeatable(a) && a is Sequence x && b is Sequence y && x.TypeName == y.TypeName => Concat(renderer, x, y),
                "*" when IsRepeatable(a) && Numbers.ToInteger(b) is { } count => Repeat(renderer, a, count),
                "*" when IsRepeatable(b) && Numbers.ToInteger(a) is { } count => Repeat(renderer, b, count),
                "%" when a is string => throw RenderingException.Failed("formatting with '%' is not supported"),
                _ when Numbers.ToInteger(a) is { } x && Numbers.ToInteger(b) is { } y => OfIntegers(operation, x, y),
                _ when Numbers.ToDouble(a) is { } x && Numbers.ToDouble(b) is { } y => OfNumbers(operation, x, y),
                _ => throw RenderingException.Failed(
                    $"'{operation}' does not take values of type '{TypeName.Of(a)}' and '{TypeName.Of(b)}'"),
            };
        }
        catch (OverflowException exception)
        {
            throw RenderingException.Failed($"the result of '{operation}' has more than 64 bits", exception);
        }
    }

    public static object Negate(object value) => value switch
    {
        Undefined undefined => throw undefined.Error(),
        double number => (object)-number,
        _ when Numbers.ToInteger(value) is { } integer and not long.MinValue => -integer,
        _ => throw RenderingException.Failed($"a value of type '{TypeName.Of(value)}' cannot be negated"),
    };

    public static object Plus(object value) => value switch
    {
        Undefined undefined => throw undefined.Error(),
        double => value,
        _ => Numbers.ToInteger(value) ?? throw RenderingException.Failed($"'+' does not take a value of type '{TypeName.Of(value)}'"),
    };

    private static string Concat(Renderer renderer, string a, string b)
    {
        renderer.Budget.AllocateText((long)a.Length + b.Length);
        return a + b;
    }

    private static Sequence Concat(Renderer renderer, Sequence a, Sequence b)
    {
        renderer.Budget.AllocateItems((long)a.Items.Count + b.Items.Count);
        return a.With([.. a.Items, .. b.Items]);
    }

    private static bool IsRepeatable(object value) => value is string or Sequence { IsList: true } or Sequence { IsTuple: true };

    private static object Repeat(Renderer renderer, object value, long count)
    {
        count = Math.Clamp(count, 0, int.MaxValue);
        if (value is string text)
        {
            renderer.Budget.AllocateText(text.Length * count);
            if (text.Length == 0) return "";
            return string.Create(text.Length * (int)count, text, static (target, part) =>
            {
                for (int i = 0; i < target.Length; i += part.Length) part.CopyTo(target[i..]);
            });
        }

        var sequence = (Sequence)value;
        renderer.Budget.AllocateItems(sequence.Items.Count * count);
        var items = new List<object>();
        for (long i = 0; i < count && sequence.Items.Count > 0; i++) items.AddRange(sequence.Items);
        return sequence.With(items);
    }

    private static object OfIntegers(string operation, long a, long b) => operation switch
    {
        "/" => (double)a / NotZero(b),
        "**" when b < 0 => Math.Pow(NotZero(a), b),
        _ => (object)(operation switch
        {
            "+" => checked(a + b),
            "-" => checked(a - b),
            "*" => checked(a * b),
            "//" => checked(a / NotZero(b)) - (a % b != 0 && a < 0 != b < 0 ? 1 : 0),
            "%" => NotZero(b) == -1 ? 0 : a % b is var rest && rest != 0 && rest < 0 != b < 0 ? rest + b : rest,
            _ => Power(a, b),
        }),
    };

    private static double OfNumbers(string operation, double a, double b) => operation switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "/" => a / NotZero(b),
        "//" => Math.Round((a - Remainder(a, NotZero(b))) / b),
        "%" => Remainder(a, NotZero(b)),
        _ => Math.Pow(a, b),
    };

    // It has the sign of the divisor, also where it is zero.
    private static double Remainder(double a, double b)
    {
        double rest = a % b;
        if (rest == 0) return Math.CopySign(0, b);
        return rest < 0 != b < 0 ? rest + b : rest;
    }

    private static long Power(long number, long exponent)
    {
        long result = 1;
        for (; exponent > 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0) result = checked(result * number);
            if (exponent > 1) number = checked(number * number);
        }

        return result;
    }

    private static long NotZero(long divisor) => divisor != 0 ? divisor : throw RenderingException.Failed("division by zero");

    private static double NotZero(double divisor) => divisor != 0 ? divisor : throw RenderingException.Failed("division by zero");
}
