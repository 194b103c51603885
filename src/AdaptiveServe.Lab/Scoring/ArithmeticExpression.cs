using System.Globalization;

namespace AdaptiveServe.Lab.Scoring;

/// <summary>Evaluates <c>+ - * /</c> and parentheses over whole numbers, exactly; a minus before an operand is not part of it.</summary>
internal sealed class ArithmeticExpression
{
    private const int MaxDepth = 32;

    private readonly string _text;
    private readonly List<int> _numbers = [];
    private int _position;

    private ArithmeticExpression(string text) => _text = text;

    /// <param name="text">Anything.</param>
    /// <param name="numbers">The numbers in it, in their order.</param>
    /// <param name="value">What it comes to.</param>
    /// <returns>False where the text is no such expression, divides by 0, or becomes too large.</returns>
    public static bool TryEvaluate(string text, out List<int> numbers, out Fraction value)
    {
        ArithmeticExpression expression = new(text.Replace(" ", "", StringComparison.Ordinal));
        (numbers, value) = (expression._numbers, default);
        try
        {
            value = expression.Sum(0);
            return expression._position == expression._text.Length;
        }
        catch (Exception exception) when (exception is FormatException or ArithmeticException)
        {
            return false;
        }
    }

    private Fraction Sum(int depth)
    {
        Fraction value = Product(depth);
        while (Next is '+' or '-') value = Fraction.Apply(_text[_position++], value, Product(depth));
        return value;
    }

    private Fraction Product(int depth)
    {
        Fraction value = Operand(depth);
        while (Next is '*' or '/') value = Fraction.Apply(_text[_position++], value, Operand(depth));
        return value;
    }

    private Fraction Operand(int depth)
    {
        if (Next != '(') return Number();
        if (depth == MaxDepth) throw new FormatException();
        _position++;
        Fraction value = Sum(depth + 1);
        return Next == ')' && _position++ >= 0 ? value : throw new FormatException();
    }

    private Fraction Number()
    {
        int start = _position;
        while (Next is >= '0' and <= '9') _position++;
        int number = int.Parse(_text.AsSpan(start, _position - start), NumberStyles.None, CultureInfo.InvariantCulture);
        _numbers.Add(number);
        return new Fraction(number, 1);
    }

    private char Next => _position < _text.Length ? _text[_position] : '\0';
}
