namespace AdaptiveServe.Engine.Strategies.Proposals.StopRules;

/// <summary>
/// The next draft is two tokens longer after one that was accepted whole, and one shorter after any other (the heuristic schedule of
/// Hugging Face's assisted generation).
/// </summary>
internal sealed class HeuristicRule(int most) : StopRule
{
    private const int FirstLimit = 5;

    private int _limit = Math.Min(FirstLimit, most);

    public override int Limit(int most) => Math.Min(_limit, most);

    public override bool ShouldContinue(in DraftState state) => true;

    public override void Observe(in DraftOutcome outcome) =>
        _limit = outcome.Accepted == outcome.Drafted ? Math.Min(_limit + 2, most) : Math.Max(1, _limit - 1);
}
