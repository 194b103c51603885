using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Engine.Strategies.Proposals.SmallDraft;
using AdaptiveServe.Engine.Strategies.Proposals.StopRules;

namespace AdaptiveServe.Engine.Tests.Strategies.Proposals;

public class StopRuleTests
{
    private const double BitsPerNat = 1.4426950408889634;

    [Theory, InlineData(0.41, true), InlineData(0.39, false)]
    public void Confidence_Default_EndsBelowFourInTen(double probability, bool continues) =>
        Assert.Equal(continues, Rule("confidence").ShouldContinue(new DraftState(1, 0, (float)Math.Log(probability))));

    [Fact]
    public void Confidence_ThresholdZero_NeverEnds() =>
        Assert.True(Rule("confidence", 0).ShouldContinue(new DraftState(1, 0, float.NegativeInfinity)));

    [Theory, InlineData(0.59, true), InlineData(0.61, false)]
    public void Svip_Default_EndsAboveSixTenthsOfANat(double nats, bool continues) =>
        Assert.Equal(continues, Rule("svip").ShouldContinue(new DraftState(1, (float)(nats * BitsPerNat), 0)));

    [Theory, InlineData(0.79, true), InlineData(0.81, false)]
    public void AdaEdl_Default_EndsWhereTheBoundFalls(double nats, bool continues) =>
        Assert.Equal(continues, Rule("adaedl").ShouldContinue(new DraftState(1, (float)(nats * BitsPerNat), 0)));

    [Fact]
    public void Heuristic_Outcomes_LengthenAndShorten()
    {
        StopRule rule = Rule("heuristic");
        Assert.Equal(5, rule.Limit(16));
        rule.Observe(new DraftOutcome(5, 5));
        Assert.Equal(7, rule.Limit(16));
        rule.Observe(new DraftOutcome(7, 3));
        Assert.Equal(6, rule.Limit(16));
        for (int i = 0; i < 20; i++) rule.Observe(new DraftOutcome(6, 0));
        Assert.Equal(1, rule.Limit(16));
        for (int i = 0; i < 20; i++) rule.Observe(new DraftOutcome(1, 1));
        Assert.Equal(16, rule.Limit(16));
    }

    [Fact]
    public void Learned_Threshold_IsComparedWithTheProductOfADraft()
    {
        StopRule rule = Rule("learned", 0.3);
        for (int draft = 0; draft < 2; draft++) // each draft begins anew
        {
            Assert.True(rule.ShouldContinue(new DraftState(1, 0, 0, Acceptance: 0.9f)));
            Assert.True(rule.ShouldContinue(new DraftState(2, 0, 0, Acceptance: 0.9f)));
            Assert.False(rule.ShouldContinue(new DraftState(3, 0, 0, Acceptance: 0.8f))); // 0.648
        }
    }

    [Fact]
    public void Learned_NoThreshold_ContinuesWhileTheDraftIsWorthTheCost()
    {
        StopRule rule = Rule("learned");
        Assert.True(rule.ShouldContinue(new DraftState(1, 0, 0, Acceptance: 0.5f, BreakEven: 0.4)));
        Assert.True(rule.ShouldContinue(new DraftState(2, 0, 0, Acceptance: 0.5f, BreakEven: 0.2)));
        Assert.False(rule.ShouldContinue(new DraftState(3, 0, 0, Acceptance: 1, BreakEven: 0.3)));
    }

    [Fact]
    public void SmallDraft_BeforeTheShortestDraft_AsksNoRule()
    {
        IProposalPolicy policy = Policy(new() { MaxDraft = 6, MinDraft = 3, Stop = "confidence" });
        Assert.True(policy.ShouldContinue(new DraftState(2, 5, -9)));
        Assert.False(policy.ShouldContinue(new DraftState(3, 5, -9)));
        Assert.Equal(new DraftPlan(Drafter.Small, 6), policy.Plan(new Sequence([1], new SamplingParams()), new StepLoad(1)));
    }

    [Theory]
    [InlineData(0, 1, "fixed", null), InlineData(65, 1, "fixed", null), InlineData(4, 5, "fixed", null), InlineData(4, 0, "fixed", null)]
    [InlineData(4, 1, "learned", 1.5), InlineData(4, 1, "learned", -0.1), InlineData(4, 1, "never", null), InlineData(4, 1, "confidence", double.NaN), InlineData(4, 1, "confidence", double.PositiveInfinity)]
    public void CreatePolicy_OutOfRange_Throws(int max, int min, string stop, double? threshold) =>
        Assert.Throws<ArgumentException>(() => Policy(new() { MaxDraft = max, MinDraft = min, Stop = stop, Threshold = threshold }));

    private static StopRule Rule(string name, double? threshold = null) =>
        StopRule.Create(new SpeculationOptions { Stop = name, MaxDraft = 16, Threshold = threshold });

    private static IProposalPolicy Policy(SpeculationOptions options) =>
        new SmallDraftStrategy().CreatePolicy(new Sequence([1], new SamplingParams()) { Speculation = options });
}
