namespace AdaptiveServe.Lab.Scoring;

/// <summary>The reply is the answer, white space around it aside.</summary>
internal sealed class ExactChecker() : Checker("exact")
{
    public override bool Passes(string reply, string answer) => reply.AsSpan().Trim().SequenceEqual(answer.AsSpan().Trim());
}
