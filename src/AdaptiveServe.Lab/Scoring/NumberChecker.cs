using System.Text.RegularExpressions;
using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Scoring;

/// <summary>The last number of the reply is the last number of the answer, so an answer may have its derivation before it.</summary>
/// <remarks>Compared as decimal text without needless zeros: a number may have any length.</remarks>
internal sealed partial class NumberChecker() : Checker("number")
{
    public override bool Passes(string reply, string answer) => Last(reply) == (Last(answer)
        ?? throw new LabException($"The answer '{OneLine.Of(answer)}' has no number in it."));

    /// <summary>The last number in its shortest form, such as <c>-1234.5</c>; null without one.</summary>
    private static string? Last(string text)
    {
        Match? last = null;
        for (Match match = Numbers().Match(text); match.Success; match = match.NextMatch()) last = match;
        return last is null ? null : Normalize(last);
    }

    private static string Normalize(Match number)
    {
        string whole = number.Groups["whole"].Value.Replace(",", "", StringComparison.Ordinal).TrimStart('0');
        string fraction = number.Groups["fraction"].Value.TrimEnd('0');
        string value = (whole.Length == 0 ? "0" : whole) + (fraction.Length == 0 ? "" : $".{fraction}");
        return number.Groups["sign"].Length > 0 && value != "0" ? $"-{value}" : value;
    }

    /// <summary>A minus is a sign where nothing stands before it that it could be subtracted from.</summary>
    [GeneratedRegex("""
        (?<sign>(?<![\w)\]])[-\u2212]\$?)?
        (?<whole>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+|(?<![\w.])(?=\.[0-9]))
        (?:\.(?<fraction>[0-9]+))?
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();
}
