using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;

namespace AdaptiveServe.Engine.Tests.Strategies.Targets.EntropySwitching;

public class EntropySwitchingPolicyTests
{
    private static readonly Sequence Sequence = new([1], new SamplingParams());

    [Fact]
    public void Observe_MeanAboveThreshold_SwitchesAfterTheDwell()
    {
        // The mean of the window passes 1 with the second token; the dwell ends with the third.
        Assert.Equal("SSSLLLL", Roles(new() { Threshold = 1, Window = 2, MinDwell = 3 }, 0.5f, 2, 2, 2, 2, 2));
    }

    [Fact]
    public void Observe_MeanAtThreshold_StaysSmall() => Assert.Equal("SSSS", Roles(new() { Threshold = 1, Window = 1, MinDwell = 1 }, 1, 1, 1));

    [Fact]
    public void Observe_FewerTokensThanWindow_AveragesThoseThere() =>
        Assert.Equal("SLL", Roles(new() { Threshold = 1, Window = 5, MinDwell = 1 }, 1.5f, 1.5f));

    [Fact]
    public void Observe_OldTokens_LeaveTheWindow()
    {
        // 9 counts for three tokens, then the mean falls to 0 and the small model comes back.
        Assert.Equal("SLLLSS", Roles(new() { Threshold = 1, Window = 3, MinDwell = 1 }, 9, 0, 0, 0, 0));
    }

    [Fact]
    public void Observe_ThresholdDown_KeepsLargeBetweenTheTwo()
    {
        EntropySwitchingOptions options = new() { Threshold = 2, ThresholdDown = 0.5, Window = 1, MinDwell = 1 };
        Assert.Equal("SSLLLS", Roles(options, 1, 3, 1, 1, 0.4f));
    }

    [Fact]
    public void Observe_DwellAfterSwitch_BeginsAnew()
    {
        EntropySwitchingOptions options = new() { Threshold = 1, Window = 1, MinDwell = 2 };
        Assert.Equal("SSLLSS", Roles(options, 0, 2, 0, 0, 2));
    }

    [Fact]
    public void Plan_LimitsOfTheThreshold_NeverSwitch()
    {
        Assert.Equal("LLLL", Roles(new() { Threshold = -1, Window = 1, MinDwell = 1 }, 0, 0, 9));
        Assert.Equal("SSSS", Roles(new() { Threshold = 1e9, Window = 1, MinDwell = 1 }, 30, 30, 30));
    }

    [Fact]
    public void CreatePolicy_UnknownCriterion_Throws()
    {
        Sequence sequence = new([1], new SamplingParams()) { EntropySwitching = new() { Criterion = "Entropy" } };
        Assert.Throws<ArgumentException>(() => new EntropySwitchingStrategy().CreatePolicy(sequence));
    }

    [Fact]
    public void For_OtherCriterion_TakesItsThresholdAndKeepsTheRest()
    {
        EntropySwitchingOptions options = new() { Threshold = 3, ThresholdDown = 2, Window = 7, MinDwell = 2 };
        Assert.Same(options, options.For("entropy"));
        Assert.Equal(new() { Criterion = "margin", Threshold = 0.1, Window = 7, MinDwell = 2 }, options.For("margin"));
    }

    [Theory]
    [InlineData(double.NaN, null, 5, 10), InlineData(1, 1.5, 5, 10), InlineData(1, double.NaN, 5, 10)]
    [InlineData(1, null, 0, 10), InlineData(1, null, 5000, 10), InlineData(1, null, 5, 0)]
    public void CreatePolicy_OutOfRange_Throws(double threshold, double? down, int window, int dwell)
    {
        Sequence sequence = new([1], new SamplingParams())
        {
            EntropySwitching = new() { Threshold = threshold, ThresholdDown = down, Window = window, MinDwell = dwell },
        };
        Assert.Throws<ArgumentException>(() => new EntropySwitchingStrategy().CreatePolicy(sequence));
    }

    [Fact]
    public void Withholds_DoubtfulToken_IsTheLargeModels() =>
        Assert.Equal("SLSLLS", Replaced(new() { Threshold = 1 }, (0, 9), (2, 0), (1, 9), (1.5f, 0), (3, 9), (0, 0)));

    [Fact]
    public void Withholds_Dwell_BindsTheLargeModelOnly() =>
        Assert.Equal("LLLSLLLS", Replaced(new() { Threshold = 1, MinDwell = 3 }, (2, 0), (0, 0), (0, 0), (0, 0), (2, 0), (0, 0), (0, 0), (0, 0)));

    /// <summary>What the model that gave a token said of it stays in the window, and what was withheld does not.</summary>
    [Fact]
    public void Withholds_Window_HoldsTheGivenTokensAndTheNextOne() =>
        Assert.Equal("SSLSSLL", Replaced(new() { Threshold = 1, Window = 2 }, (0, 9), (2, 9), (0.5f, 0), (1.5f, 9), (0, 9), (2.5f, 4), (0, 0)));

    [Fact]
    public void Withholds_ThresholdDown_KeepsTheLargeModelWhileItIsUnsure() =>
        Assert.Equal("LLLSL", Replaced(new() { Threshold = 1, ThresholdDown = 0.5 }, (2, 0.6f), (0, 1), (0, 0.5f), (0, 9), (2, 0)));

    [Fact]
    public void Withholds_LimitsOfTheThreshold_AreOneModel()
    {
        foreach (string criterion in EntropySwitchingOptions.CriterionNames)
        {
            Assert.Equal("LLLL", Replaced(new() { Criterion = criterion, Threshold = -1 }, (0, 0), (0, 0), (9, 9), (0, 9)));
            Assert.Equal("SSSS", Replaced(new() { Criterion = criterion, Threshold = 1e9 }, (9, 9), (30, 30), (9, 0), (30, 9)));
        }
    }

    [Fact]
    public void Withholds_PublishedRule_NeverDoes() => Assert.False(
        new EntropySwitchingPolicy(EntropySwitchingOptions.AsPublished with { Threshold = 0.1 }).Withholds(new ModelView(9, 0.1f)));

    [Fact]
    public void NeedsAcceptance_OnlyTheAcceptance_TakesAHead() => Assert.Equal(["acceptance"], EntropySwitchingOptions.CriterionNames.Where(
        name => new EntropySwitchingPolicy(new EntropySwitchingOptions().For(name)).NeedsAcceptance));

    /// <summary>The model of each token, where the small one would give it with the first entropy and the large one with the second.</summary>
    private static string Replaced(EntropySwitchingOptions options, params (float Small, float Large)[] entropies)
    {
        EntropySwitchingPolicy policy = new(options);
        string roles = "";
        foreach ((float small, float large) in entropies)
        {
            if (policy.Plan(Sequence).Role == ModelRole.Small && policy.Withholds(new ModelView(small, 0.5f) { Margin = 0.5f }))
                Assert.Equal(ModelRole.Large, policy.Plan(Sequence).Role);
            ModelRole role = policy.Plan(Sequence).Role;
            roles += role.ToString()[0];
            float entropy = role == ModelRole.Small ? small : large;
            policy.Observe(new GeneratedToken(1, role, entropy, 0, null, false, false) { TopProbability = 0.5f, Margin = 0.5f });
        }

        return roles;
    }

    /// <summary>The model of each token by the rule that lets doubtful ones stand, and of the one after the last entropy.</summary>
    private static string Roles(EntropySwitchingOptions options, params float[] entropies)
    {
        EntropySwitchingPolicy policy = new(options with { Replace = false });
        string roles = "";
        foreach (float entropy in entropies)
        {
            ModelRole role = policy.Plan(Sequence).Role;
            Assert.Equal(role, policy.Plan(Sequence).Role); // asking changes nothing
            roles += role.ToString()[0];
            policy.Observe(new GeneratedToken(1, role, entropy, 0, null, false, false));
        }

        return roles + policy.Plan(Sequence).Role.ToString()[0];
    }
}
