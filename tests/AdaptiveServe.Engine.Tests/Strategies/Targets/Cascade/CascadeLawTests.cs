using AdaptiveServe.Engine.Strategies.Targets.Cascade;

namespace AdaptiveServe.Engine.Tests.Strategies.Targets.Cascade;

/// <summary>What comes out of a cascade has the law of the mixture that its rule defines.</summary>
public class CascadeLawTests
{
    [Theory]
    [InlineData("difference", 0.05, 1), InlineData("difference", 0.05, 2), InlineData("difference", -0.1, 8)]
    [InlineData("confidence", 0.5, 1), InlineData("confidence", 0.5, 8), InlineData("entropy", 1.5, 3)]
    public void Sample_AnyRuleAndDraft_HasTheLawOfTheMixture(string rule, double threshold, int maxDraft)
    {
        CascadeOptions options = new() { Rule = rule, Threshold = threshold };
        (double statistic, int deferred) = MixtureLaw.Compare(() => new CascadePolicy(options), maxDraft);
        Assert.InRange(statistic, 0, MixtureLaw.Critical);
        Assert.InRange(deferred, MixtureLaw.Draws / 20, MixtureLaw.Draws * MixtureLaw.Length - MixtureLaw.Draws / 20); // else only one model was tested
    }

    /// <summary>A rule that deferred because of the token that was drawn would sample another law.</summary>
    [Theory, InlineData(1), InlineData(4)]
    public void Sample_RuleThatLooksAtTheToken_IsNoticed(int maxDraft)
    {
        CascadeOptions options = new() { Rule = "confidence", Threshold = 0.5 };
        Assert.True(MixtureLaw.Compare(() => new CascadePolicy(options), maxDraft, MixtureLaw.DistrustUnlikely).Statistic > MixtureLaw.Critical);
    }
}
