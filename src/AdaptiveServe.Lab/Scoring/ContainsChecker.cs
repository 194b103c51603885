namespace AdaptiveServe.Lab.Scoring;

/// <summary>The answer stands somewhere in the reply, as whole words.</summary>
internal sealed class ContainsChecker() : Checker("contains")
{
    public override bool Passes(string reply, string answer) => WholeWords.Contains(reply, answer.AsSpan().Trim());
}
