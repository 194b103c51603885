using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace AdaptiveServe.Lab.CommandLine;

/// <summary>An option that takes a number within bounds, both included.</summary>
internal sealed class NumberOption<T> : Option<T?>
    where T : struct, INumber<T>
{
    public NumberOption(string name, string description, T min, T max)
        : base(name)
    {
        Description = description;
        HelpName = "N";
        CustomParser = result => Parse(result, min, max);
    }

    private T? Parse(ArgumentResult result, T min, T max)
    {
        // Written so that NaN is refused too.
        bool isNumber = T.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out T value);
        if (isNumber && value >= min && value <= max) return value;
        result.AddError($"{Name} must be a number from {min} to {max}.");
        return null;
    }
}
