namespace AdaptiveServe.Lab.Scoring;

/// <summary>
/// The answer stands in the last sentence of the reply, as whole words: what a derivation mentions on its way does not count.
/// </summary>
internal sealed class FinalChecker() : Checker("final")
{
    public override bool Passes(string reply, string answer) => WholeWords.Contains(LastSentence(reply), answer.AsSpan().Trim());

    /// <summary>What follows the last full stop, line break, or mark that is followed by white space.</summary>
    private static ReadOnlySpan<char> LastSentence(ReadOnlySpan<char> reply)
    {
        ReadOnlySpan<char> text = reply.TrimEnd();
        for (int i = text.Length - 2; i > 0; i--)
        {
            if (char.IsWhiteSpace(text[i]) && (text[i] == '\n' || text[i - 1] is '.' or '!' or '?')) return text[(i + 1)..];
        }

        return text;
    }
}
