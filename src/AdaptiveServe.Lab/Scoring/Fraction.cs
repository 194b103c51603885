namespace AdaptiveServe.Lab.Scoring;

/// <summary>An exact quotient in lowest terms, its denominator above 0.</summary>
/// <exception cref="OverflowException">A part does not fit.</exception>
internal readonly record struct Fraction
{
    /// <exception cref="DivideByZeroException">The denominator is 0.</exception>
    public Fraction(long numerator, long denominator)
    {
        long divisor = Divisor(numerator, denominator) * (denominator < 0 ? -1 : 1);
        Numerator = numerator / divisor;
        Denominator = denominator == 0 ? throw new DivideByZeroException() : denominator / divisor;
    }

    public long Numerator { get; }

    public long Denominator { get; }

    /// <summary>The result of <c>+ - * /</c>.</summary>
    public static Fraction Apply(char operation, Fraction left, Fraction right) => checked(operation switch
    {
        '+' => new(left.Numerator * right.Denominator + right.Numerator * left.Denominator, left.Denominator * right.Denominator),
        '-' => new(left.Numerator * right.Denominator - right.Numerator * left.Denominator, left.Denominator * right.Denominator),
        '*' => new(left.Numerator * right.Numerator, left.Denominator * right.Denominator),
        '/' => new(left.Numerator * right.Denominator, left.Denominator * right.Numerator),
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    });

    private static long Divisor(long a, long b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return a == 0 ? 1 : checked(Math.Abs(a));
    }
}
