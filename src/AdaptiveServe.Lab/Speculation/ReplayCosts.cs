namespace AdaptiveServe.Lab.Speculation;

/// <summary>What steps cost, in forwards of the large model with one token.</summary>
/// <param name="Draft">One forward of the small model.</param>
/// <param name="Verify">A forward of the large model that has drafts to verify, before <see cref="PerToken"/>.</param>
/// <param name="PerToken">Each drafted token in it.</param>
internal sealed record ReplayCosts(double Draft, double Verify, double PerToken)
{
    /// <summary>Of a step with that many drafted tokens.</summary>
    public double Step(int drafted) => drafted == 0 ? 1 : Verify + drafted * (Draft + PerToken);
}
