using AdaptiveServe.Engine.Strategies;
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
    public void OfAlias_EveryBuiltTarget_HasASuffix() =>
        Assert.All(StrategyRegistry.BuiltIn.TargetNames, name => Assert.Equal(name, AdaptiveChoice.OfAlias($"demo:{name}").Target));
}
