using System.Globalization;
using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Scoring;

/// <summary>
/// The game Countdown: the last expression of the reply uses exactly the given numbers, each once, and equals the target. The answer is
/// <c>3 7 2 = 13</c>.
/// </summary>
internal sealed class ExpressionChecker() : Checker("expression")
{
    /// <summary>Longer expressions are wrong for the few numbers that a game has.</summary>
    private const int MaxLength = 200;

    private static readonly char[] Bullets = ['-', '*', '+', '=', ' '];

    public override bool Passes(string reply, string answer)
    {
        (int[] numbers, int target) = Parse(answer);
        string run = LastRun(reply);
        return run.Length <= MaxLength
            && Expression(run.Split('='), target) is { } expression
            && ArithmeticExpression.TryEvaluate(expression, out List<int> used, out Fraction value)
            && value == new Fraction(target, 1)
            && used.Order().SequenceEqual(numbers.Order());
    }

    /// <summary>The side of an equation that is not the target; null where neither side is.</summary>
    private static string? Expression(string[] sides, int target) => sides.Length switch
    {
        1 => sides[0],
        2 when TryNumber(sides[1], out int right) && right == target => sides[0],
        2 when TryNumber(sides[0], out int left) && left == target => sides[1],
        _ => null,
    };

    private static (int[] Numbers, int Target) Parse(string answer)
    {
        string[] sides = answer.Split('=');
        string[] numbers = sides[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (sides.Length == 2 && TryNumber(sides[1], out int target) && numbers.Length > 0 && numbers.All(text => TryNumber(text, out _)))
        {
            return ([.. numbers.Select(text => int.Parse(text, CultureInfo.InvariantCulture))], target);
        }

        throw new LabException($"The answer '{OneLine.Of(answer)}' is not of the form '3 7 2 = 13'.");
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text.AsSpan().Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    /// <summary>The last piece of the reply that has only characters of an equation, and a digit and an operator among them.</summary>
    private static string LastRun(string reply)
    {
        for (int end = reply.Length; end > 0; end--)
        {
            int start = end;
            while (start > 0 && "0123456789+-*/()= ".Contains(reply[start - 1], StringComparison.Ordinal)) start--;
            string run = reply[start..end].Trim().TrimStart(Bullets);
            if (run.AsSpan().ContainsAny("+-*/") && run.AsSpan().ContainsAnyInRange('0', '9')) return run;
            end = Math.Max(start, 1);
        }

        return "";
    }
}
