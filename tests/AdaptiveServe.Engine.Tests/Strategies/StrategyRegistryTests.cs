using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Targets.LargeOnly;
using AdaptiveServe.Engine.Strategies.Targets.SmallOnly;

namespace AdaptiveServe.Engine.Tests.Strategies;

public class StrategyRegistryTests
{
    [Fact]
    public void BuiltIn_Names_AreAllFound()
    {
        StrategyRegistry registry = StrategyRegistry.BuiltIn;
        Assert.Contains("large", registry.TargetNames);
        Assert.Contains("small", registry.TargetNames);
        Assert.Contains(StrategyRegistry.NoProposal, registry.ProposalNames);
        foreach (string name in registry.TargetNames)
        {
            Assert.True(registry.TryGetTarget(name, out ITargetStrategy? strategy));
            Assert.Equal(name, strategy.Name);
            Assert.NotEmpty(strategy.Roles);
        }

        foreach (string name in registry.ProposalNames)
        {
            Assert.True(registry.TryGetProposal(name, out IProposalStrategy? strategy));
            Assert.Equal(name == StrategyRegistry.NoProposal, strategy is null);
        }
    }

    [Theory, InlineData(""), InlineData("LARGE"), InlineData("none")]
    public void TryGetTarget_UnknownName_False(string name) => Assert.False(StrategyRegistry.BuiltIn.TryGetTarget(name, out _));

    [Theory, InlineData(""), InlineData("None"), InlineData("large")]
    public void TryGetProposal_UnknownName_False(string name) => Assert.False(StrategyRegistry.BuiltIn.TryGetProposal(name, out _));

    [Fact]
    public void Constructor_TwoTargetsOfOneName_Throws() =>
        Assert.Throws<ArgumentException>(() => new StrategyRegistry([new LargeOnlyStrategy(), new LargeOnlyStrategy()], []));

    [Fact]
    public void Constructor_TwoProposalsOfOneName_Throws() =>
        Assert.Throws<ArgumentException>(() => new StrategyRegistry([], [new FixedDrafts(1), new FixedDrafts(2)]));

    [Fact]
    public void LargeAndSmallOnly_AnySequence_StayOnTheirModel()
    {
        var sequence = new Sequence([1], new SamplingParams());
        Assert.Equal(ModelRole.Large, new LargeOnlyStrategy().CreatePolicy(sequence).Plan(sequence).Role);
        Assert.Equal(ModelRole.Small, new SmallOnlyStrategy().CreatePolicy(sequence).Plan(sequence).Role);
        Assert.True(new LargeOnlyStrategy().IsExact);
        Assert.False(new SmallOnlyStrategy().IsExact);
    }
}
