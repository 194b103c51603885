using System.Globalization;
using System.Numerics;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>Numbers as Python has them: booleans count, and whole numbers are a type of their own.</summary>
internal static class Numbers
{
    public static long? ToInteger(object value) => value switch
    {
        long number => number,
        bool boolean => boolean ? 1 : 0,
        _ => null,
    };

    public static double? ToDouble(object value) => value switch
    {
        long number => number,
        double number => number,
        bool boolean => boolean ? 1 : 0,
        _ => null,
    };

    public static bool IsNumber(object value) => value is long or double or bool or BigInteger;

    /// <summary>The shortest decimal that reads as the same number, as Python writes it: 1.0, 0.1, 1e+16, 1e-05.</summary>
    public static string Show(double value)
    {
        if (double.IsNaN(value)) return "nan";
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        string sign = double.IsNegative(value) ? "-" : "";
        if (value == 0) return sign + "0.0";

        (string digits, int exponent) = Decimal(Math.Abs(value));
        if (exponent is >= -4 and < 16) return sign + Positional(digits, exponent);
        string fraction = digits.Length > 1 ? "." + digits[1..] : "";
        return $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }

    /// <summary>A whole number or a fraction in Python's notation; null where the text is neither.</summary>
    public static object? Parse(string text)
    {
        const NumberStyles Fraction = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer)) return integer;
        return double.TryParse(text, Fraction, CultureInfo.InvariantCulture, out double number) ? number : null;
    }

    /// <summary>The significant digits, and the power of ten of the first.</summary>
    private static (string Digits, int Exponent) Decimal(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        int mark = text.IndexOf('E');
        int exponent = mark < 0 ? 0 : int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string mantissa = mark < 0 ? text : text[..mark];
        int point = mantissa.IndexOf('.');
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        string significant = digits.TrimStart('0');
        exponent += (point < 0 ? mantissa.Length : point) - 1 - (digits.Length - significant.Length);
        return (significant.TrimEnd('0'), exponent);
    }

    private static string Positional(string digits, int exponent)
    {
        if (exponent < 0) return "0." + new string('0', -exponent - 1) + digits;
        if (digits.Length <= exponent + 1) return digits.PadRight(exponent + 1, '0') + ".0";
        return digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }
}
