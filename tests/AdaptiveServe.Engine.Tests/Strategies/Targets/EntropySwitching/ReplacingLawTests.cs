using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;

namespace AdaptiveServe.Engine.Tests.Strategies.Targets.EntropySwitching;

/// <summary>What comes out of switching has the law of the mixture that the rule defines, tokens that were withheld or not.</summary>
public class ReplacingLawTests
{
    [Theory]
    [InlineData("entropy", 1.6, true, 1, 1, 1), InlineData("entropy", 1.6, true, 2, 1, 4), InlineData("max_probability", 0.5, true, 1, 2, 1)]
    [InlineData("momentum", 1.6, true, 2, 1, 1), InlineData("entropy", 1.6, false, 1, 1, 1), InlineData("entropy", 1.6, false, 2, 1, 3)]
    public void Sample_AnyRuleAndDraft_HasTheLawOfTheMixture(string criterion, double threshold, bool replace, int window, int dwell, int maxDraft)
    {
        EntropySwitchingOptions options = new() { Criterion = criterion, Threshold = threshold, Replace = replace, Window = window, MinDwell = dwell };
        (double statistic, int fromLarge) = MixtureLaw.Compare(() => new EntropySwitchingPolicy(options), maxDraft);
        Assert.InRange(statistic, 0, MixtureLaw.Critical);
        Assert.InRange(fromLarge, MixtureLaw.Draws / 20, MixtureLaw.Draws * MixtureLaw.Length - MixtureLaw.Draws / 20); // else only one model was tested
    }

    /// <summary>A rule that withheld a token because of what it is would sample another law.</summary>
    [Theory, InlineData(1), InlineData(4)]
    public void Sample_RuleThatLooksAtTheToken_IsNoticed(int maxDraft)
    {
        EntropySwitchingOptions options = new() { Criterion = "max_probability", Threshold = 0.5 };
        Assert.True(MixtureLaw.Compare(() => new EntropySwitchingPolicy(options), maxDraft, MixtureLaw.DistrustUnlikely).Statistic > MixtureLaw.Critical);
    }
}
