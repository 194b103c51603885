using System.Globalization;
using System.Text.Json;

namespace AdaptiveServe.Server.OpenAI.Fields;

/// <summary>A whole number within bounds.</summary>
internal sealed class IntegerField(string name, long minimum, long maximum) : Field<long?>(name)
{
    public long Minimum { get; } = minimum;

    public long Maximum { get; } = maximum;

    protected override string Expected => "an integer";

    protected override long? Parse(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number) throw WrongType(value);
        if (!value.TryGetInt64(out long number))
        {
            // 1.0 and 1e2 are whole numbers too; what is beyond 64 bits is out of range rather than of a wrong type.
            if (!value.TryGetDouble(out double real) || real != Math.Floor(real)) throw WrongType(value);
            if (Math.Abs(real) > 1L << 53) throw OutOfRange();
            number = (long)real;
        }

        return number >= Minimum && number <= Maximum ? number : throw OutOfRange();
    }

    private Errors.ApiException OutOfRange() => Invalid($"must be between {Minimum} and {Maximum}.", "out_of_range");
}

/// <summary>A number within bounds.</summary>
internal sealed class NumberField(string name, double minimum, double maximum, bool excludesMinimum = false) : Field<double?>(name)
{
    public double Minimum { get; } = minimum;

    public double Maximum { get; } = maximum;

    public bool ExcludesMinimum { get; } = excludesMinimum;

    protected override string Expected => "a number";

    protected override double? Parse(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number)) throw WrongType(value);
        bool isAbove = ExcludesMinimum ? number > Minimum : number >= Minimum;
        if (isAbove && number <= Maximum) return number;
        string least = ExcludesMinimum ? "greater than" : "at least";
        throw Invalid(string.Create(CultureInfo.InvariantCulture, $"must be {least} {Minimum} and at most {Maximum}."), "out_of_range");
    }
}
