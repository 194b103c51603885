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

    public override bool Passes(string reply, string answer)
    {
        (int[] numbers, int target) = Parse(answer);
        string[] sides = LastRun(reply).Split('=');
        if (sides.Length > 2 || sides[0].Length > MaxLength) return false;
        if (sides.Length == 2 && (!TryNumber(sides[1], out int claimed) || claimed != target)) return false;
        return ArithmeticExpression.TryEvaluate(sides[0], out List<int> used, out Fraction value)
            && value == new Fraction(target, 1)
            && used.Order().SequenceEqual(numbers.Order());
    }

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
            string run = reply[start..end].Trim();
            if (run.AsSpan().ContainsAny("+-*/") && run.AsSpan().ContainsAnyInRange('0', '9')) return run;
            end = Math.Max(start, 1);
        }

        return "";
    }
}
