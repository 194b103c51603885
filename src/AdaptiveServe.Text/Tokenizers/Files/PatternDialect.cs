namespace AdaptiveServe.Text.Tokenizers.Files;

/// <summary>
/// The tokenizers library reads patterns as Oniguruma does. Where .NET reads the same characters otherwise and raises no error, the pattern
/// must be refused: anchors (of lines there), the classes of word characters, sets inside sets, and options of groups.
/// </summary>
internal static class PatternDialect
{
    private const string OtherEscapes = "wWbBAzZGhHRXKk";
    private static readonly string[] Groups = ["(?:", "(?i:", "(?=", "(?!", "(?<=", "(?<!", "(?>"];

    /// <summary>The first part of the pattern that may mean something else; null if there is none.</summary>
    public static string? FirstDifference(string pattern)
    {
        bool isInSet = false;
        for (int i = 0; i < pattern.Length; i++)
        {
            ReadOnlySpan<char> rest = pattern.AsSpan(i);
            if (rest is ['\\', char escaped, ..])
            {
                if (OtherEscapes.Contains(escaped)) return rest[..2].ToString();
                i++;
            }
            else if (isInSet)
            {
                if (rest is ['[', ..] or ['&', '&', ..]) return rest[..Math.Min(2, rest.Length)].ToString();
                isInSet = rest[0] != ']';
            }
            else if (rest is ['[', ..])
            {
                isInSet = true;
                if (rest is ['[', '^', ..]) i++;
            }
            else if (rest is ['^' or '$', ..]) return rest[..1].ToString();
            else if (rest is ['(', '?', ..] && !StartsGroup(rest)) return rest[..Math.Min(4, rest.Length)].ToString();
        }

        return null;
    }

    private static bool StartsGroup(ReadOnlySpan<char> pattern)
    {
        foreach (string group in Groups)
            if (pattern.StartsWith(group, StringComparison.Ordinal)) return true;
        return false;
    }
}
