using System.Text.Json;
using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Engine.Strategies.Targets.Cascade;
using AdaptiveServe.Engine.Strategies.Targets.Controls;
using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;
using AdaptiveServe.Lab.CommandLine;
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
            {"target": "entropy", "entropy": {"threshold": 2, "threshold_down": 0.5, "replace": false, "window": 3, "min_dwell": 4},
             "speculation": {"max_draft": 12, "min_draft": 2, "threshold": 0.7}, "stop": "svip", "proposal": "small"}
            """));
        Assert.Equal(("entropy", "small"), (choice.Target, choice.Proposal));
        Assert.Equal(new EntropySwitchingOptions { Threshold = 2, ThresholdDown = 0.5, Replace = false, Window = 3, MinDwell = 4 }, choice.Entropy);
        Assert.Equal(new SpeculationOptions { MaxDraft = 12, MinDraft = 2, Threshold = 0.7, Stop = "svip" }, choice.Speculation);
    }

    [Theory]
    [InlineData("""{"criterion": "margin"}""", "margin", 0.1)]
    [InlineData("""{"threshold": 0.2, "criterion": "max_probability"}""", "max_probability", 0.2)]
    [InlineData("""{"criterion": null}""", "entropy", 0.4)]
    public void Parse_Criterion_BringsItsThreshold(string entropy, string criterion, double threshold)
    {
        AdaptiveChoice choice = AdaptiveChoice.Parse(JsonElement.Parse($$"""{"target": "entropy", "entropy": {{entropy}}}"""));
        Assert.Equal((criterion, threshold), (choice.Entropy.Criterion, choice.Entropy.Threshold));
    }

    [Theory, InlineData("\"Entropy\""), InlineData("1"), InlineData("\"\"")]
    public void Parse_UnknownCriterion_IsRefused(string criterion) => Assert.Throws<LabException>(() =>
        AdaptiveChoice.Parse(JsonElement.Parse($$$"""{"entropy": {"criterion": {{{criterion}}}}}""")));

    [Fact]
    public void Parse_Nulls_AreAbsent() => Assert.Equal(
        new AdaptiveChoice(), AdaptiveChoice.Parse(JsonElement.Parse("""{"target": null, "stop": null, "entropy": {"window": null}, "speculation": null}""")));

    [Theory, InlineData("large"), InlineData("small"), InlineData("entropy")]
    public void OfAlias_TargetThatAServerLists_HasASuffix(string name) => Assert.Equal(name, AdaptiveChoice.OfAlias($"demo:{name}").Target);

    [Fact]
    public void Parse_Quality_IsForTheTargetEntropy()
    {
        AdaptiveChoice choice = AdaptiveChoice.Parse(JsonElement.Parse("""{"quality": 0.9, "entropy": null, "proposal": "small"}"""));
        Assert.Equal(("entropy", "small", 0.9), (choice.Target, choice.Proposal, choice.Quality));
        Assert.Equal("entropy", AdaptiveChoice.Parse(JsonElement.Parse("""{"target": "entropy", "quality": 1}""")).Target);
    }

    [Theory]
    [InlineData("""{"quality": 0}"""), InlineData("""{"quality": 1.01}"""), InlineData("""{"quality": "0.9"}""")]
    [InlineData("""{"quality": 0.9, "target": "large"}"""), InlineData("""{"quality": 0.9, "entropy": {}}""")]
    public void Parse_WrongQuality_IsRefused(string adaptive) =>
        Assert.Throws<LabException>(() => AdaptiveChoice.Parse(JsonElement.Parse(adaptive)));

    [Fact]
    public void Parse_Cascade_IsTaken()
    {
        AdaptiveChoice choice = AdaptiveChoice.Parse(JsonElement.Parse("""{"target": "cascade", "cascade": {"rule": "entropy", "threshold": 2}}"""));
        Assert.Equal(("cascade", new CascadeOptions { Rule = "entropy", Threshold = 2 }), (choice.Target, choice.Cascade));
    }

    [Fact]
    public void Parse_Control_IsTaken()
    {
        AdaptiveChoice choice = AdaptiveChoice.Parse(JsonElement.Parse("""{"target": "periodic", "control": {"share": 0.25, "segment": 4}}"""));
        Assert.Equal(("periodic", new ControlOptions { Share = 0.25, Segment = 4 }), (choice.Target, choice.Control));
    }

    [Theory]
    [InlineData("""{"control": {"share": 2}}"""), InlineData("""{"control": {"x": 1}}""")]
    [InlineData("""{"target": "cascade", "proposal": "ngram"}"""), InlineData("""{"cascade": {"rule": "x"}}""")]
    [InlineData("""{"cascade": {"rule": 1}}"""), InlineData("""{"cascade": {"x": 1}}""")]
    public void Parse_WrongCascadeOrControl_IsRefused(string adaptive) =>
        Assert.Throws<LabException>(() => AdaptiveChoice.Parse(JsonElement.Parse(adaptive)));
}
