using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Targets.Controls;

namespace AdaptiveServe.Engine.Tests.Strategies.Targets.Controls;

public class ControlStrategyTests
{
    [Theory]
    [InlineData(0, 2, "SSSSSSSSSSSS"), InlineData(1, 2, "LLLLLLLLLLLL"), InlineData(0.5, 2, "SSLLSSLLSSLL"), InlineData(0.25, 1, "SSSLSSSLSSSL")]
    [InlineData(0.75, 1, "SLLLSLLLSLLL"), InlineData(0.4, 3, "SSSSSSLLLSSS")]
    public void Plan_Periodic_SpreadsTheShareEvenly(double share, int segment, string expected) =>
        Assert.Equal(expected, Roles(new PeriodicSwitchingStrategy(), share, segment, 12));

    [Theory, InlineData(0.1), InlineData(0.43), InlineData(0.9)]
    public void Plan_Random_GivesTheShareOverManySeeds(double share)
    {
        double large = Enumerable.Range(0, 400).Average(seed => Roles(new RandomSwitchingStrategy(), share, 5, 50, seed).Count(role => role == 'L') / 50.0);
        Assert.Equal(share, large, 0.03); // 4000 segments: 3.8 standard deviations at 0.5
    }

    [Fact]
    public void Plan_Random_FollowsTheSeedInWholeSegments()
    {
        string roles = Roles(new RandomSwitchingStrategy(), 0.5, 5, 100, seed: 7);
        Assert.Equal(roles, Roles(new RandomSwitchingStrategy(), 0.5, 5, 100, seed: 7));
        Assert.NotEqual(roles, Roles(new RandomSwitchingStrategy(), 0.5, 5, 100, seed: 8));
        Assert.All(roles.Chunk(5), segment => Assert.Single(segment.Distinct()));
    }

    [Theory, InlineData(0, new string[] { "SSSS" }), InlineData(1, new string[] { "LLLL" })]
    public void Plan_RandomAtItsLimits_IsOneModel(double share, string[] expected) =>
        Assert.Equal(expected, Enumerable.Range(0, 100).Select(seed => Roles(new RandomSwitchingStrategy(), share, 1, 4, seed)).Distinct());

    [Theory, InlineData(-0.1, 1), InlineData(1.1, 1), InlineData(double.NaN, 1), InlineData(0.5, 0)]
    public void CreatePolicy_OutOfRange_Throws(double share, int segment)
    {
        Sequence sequence = new([1], new SamplingParams()) { Control = new() { Share = share, Segment = segment } };
        Assert.Throws<ArgumentException>(() => new RandomSwitchingStrategy().CreatePolicy(sequence));
        Assert.Throws<ArgumentException>(() => new PeriodicSwitchingStrategy().CreatePolicy(sequence));
    }

    private static string Roles(ITargetStrategy strategy, double share, int segment, int tokens, int seed = 0)
    {
        Sequence sequence = new([1, 2], new SamplingParams { MaxTokens = tokens, Seed = (ulong)seed }) { Control = new() { Share = share, Segment = segment } };
        ITargetPolicy policy = strategy.CreatePolicy(sequence);
        string roles = "";
        for (int i = 0; i < tokens; i++)
        {
            ModelRole role = policy.Plan(sequence).Role;
            roles += role.ToString()[0];
            policy.Observe(new GeneratedToken(1, role, 0, 0, null, false, false));
        }

        return roles;
    }
}
