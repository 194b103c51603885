namespace AdaptiveServe.Lab.Speculation;

/// <summary>What a rule came to over some answers.</summary>
/// <param name="Tokens">Generated after each answer's first, which comes with the prompt.</param>
/// <param name="Steps">Forwards of the large model.</param>
/// <param name="Drafted">Tokens.</param>
/// <param name="Accepted">Of those.</param>
/// <param name="Cost">In forwards of the large model with one token.</param>
internal readonly record struct ReplayTotals(long Tokens, long Steps, long Drafted, long Accepted, double Cost)
{
    /// <summary>How many times as fast as without drafts.</summary>
    public double Speed => Tokens / Cost;

    public double TokensPerStep => (double)Tokens / Steps;

    /// <summary>Share of the drafted tokens that were in vain.</summary>
    public double Wasted => Drafted == 0 ? 0 : 1 - (double)Accepted / Drafted;

    public static ReplayTotals operator +(ReplayTotals a, ReplayTotals b) =>
        new(a.Tokens + b.Tokens, a.Steps + b.Steps, a.Drafted + b.Drafted, a.Accepted + b.Accepted, a.Cost + b.Cost);
}
