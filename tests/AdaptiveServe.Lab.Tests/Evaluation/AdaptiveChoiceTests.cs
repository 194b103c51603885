using System.Text.Json;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;
using AdaptiveServe.Lab.Evaluation;

namespace AdaptiveServe.Lab.Tests.Evaluation;

public sealed class AdaptiveChoiceTests
{
    [Theory]
    [InlineData("demo:large", "large")]
    [InlineData("my:model:small", "small")]
    public void OfAlias_KnownSuffix_IsItsTarget(string alias, string target) =>
        Assert.Equal(new AdaptiveChoice { Target = target, Proposal = "none" }, AdaptiveChoice.OfAlias(alias));

    [Fact]
    public void Parse_EveryMember_IsTaken()
    {
        AdaptiveChoice choice = AdaptiveChoice.Parse(JsonElement.Parse("""
            {"target": "entropy", "entropy": {"threshold": 2, "threshold_down": 0.5, "window": 3, "min_dwell": 4},
             "speculation": {"max_draft": 12, "min_draft": 2, "threshold": 0.7}, "stop": "svip", "proposal": "small"}
            """));
        Assert.Equal(("entropy", "small"), (choice.Target, choice.Proposal));
        Assert.Equal(new EntropySwitchingOptions { Threshold = 2, ThresholdDown = 0.5, Window = 3, MinDwell = 4 }, choice.Entropy);
        Assert.Equal(new SpeculationOptions { MaxDraft = 12, MinDraft = 2, Threshold = 0.7, Stop = "svip" }, choice.Speculation);
    }

    [Fact]
    public void Parse_Nulls_AreAbsent() => Assert.Equal(
        new AdaptiveChoice(), AdaptiveChoice.Parse(JsonElement.Parse("""{"target": null, "stop": null, "entropy": {"window": null}, "speculation": null}""")));

    [Fact]
    public void OfAlias_EveryBuiltTarget_HasASuffix() =>
        Assert.All(StrategyRegistry.BuiltIn.TargetNames, name => Assert.Equal(name, AdaptiveChoice.OfAlias($"demo:{name}").Target));
}
