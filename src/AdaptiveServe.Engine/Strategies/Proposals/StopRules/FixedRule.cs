namespace AdaptiveServe.Engine.Strategies.Proposals.StopRules;

/// <summary>Every draft is as long as allowed.</summary>
internal sealed class FixedRule : StopRule
{
    public override bool ShouldContinue(in DraftState state) => true;
}
