using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Engine.Strategies.Targets.LargeOnly;
using AdaptiveServe.Engine.Tests.Strategies;

namespace AdaptiveServe.Engine.Tests.Scheduling;

public class DraftGovernorTests
{
    [Fact]
    public void Limit_NothingMeasured_IsWhatThePolicyWants() => Assert.Equal(8, new DraftGovernor().Limit(Row(), Drafter.Small, 8, 1));

    [Fact]
    public void Limit_MostlyAccepted_GrowsWithCheaperVerification()
    {
        Assert.Equal(8, Observed(accepted: 8, perToken: 0.05).Limit(Row(), Drafter.Small, 8, 1));
        Assert.InRange(Observed(accepted: 2, perToken: 0.3).Limit(Row(), Drafter.Small, 8, 1), 1, 3);
    }

    [Fact]
    public void Limit_NothingAccepted_IsNoneButForAProbe()
    {
        DraftGovernor governor = Observed(accepted: 0, perToken: 0.3);
        RunningSequence row = Row();
        Assert.Equal(0, governor.Limit(row, Drafter.Small, 8, 1));
        for (int i = 0; i < DraftGovernor.ProbeInterval; i++) row.Sequence.Append(1);
        Assert.Equal(1, governor.Limit(row, Drafter.Small, 8, 1));
        row.LastDraft = row.Sequence.Count;
        Assert.Equal(0, governor.Limit(row, Drafter.Small, 8, 1));
    }

    [Fact]
    public void Limit_ManyRows_FollowsTheCostOfTheirBatch()
    {
        DraftGovernor governor = Observed(accepted: 4, perToken: 0.1);
        Observe(governor, ModelRole.Small, 16, 0.1);
        for (int tokens = 16; tokens <= 256; tokens *= 2) Observe(governor, ModelRole.Large, tokens, tokens / 8.0); // no token is cheaper in company
        Assert.InRange(governor.Limit(Row(), Drafter.Small, 8, 1), 3, 8);
        Assert.Equal(0, governor.Limit(Row(), Drafter.Small, 8, 32));
    }

    [Fact]
    public void Limit_NotGoverned_IsWhatThePolicyWants() =>
        Assert.Equal(8, Observed(accepted: 0, perToken: 1).Limit(Row(governed: false), Drafter.Small, 8, 1));

    [Fact]
    public void Limit_OneSequenceIsLucky_OnlyItDraftsOn()
    {
        DraftGovernor governor = Observed(accepted: 0, perToken: 0.2);
        RunningSequence lucky = Row(), other = Row();
        for (int i = 0; i < 20; i++) governor.ObserveDraft(lucky, 8, 8);
        for (int i = 0; i < 40; i++) governor.ObserveDraft(other, 8, 0);
        Assert.Equal(8, governor.Limit(lucky, Drafter.Small, 8, 1));
        Assert.Equal(0, governor.Limit(other, Drafter.Small, 8, 1));
    }

    /// <summary>A tree with two tokens for each place pays where they are cheap, and is no longer than it has room.</summary>
    [Fact]
    public void Limit_Tree_CountsAllItsTokens()
    {
        DraftGovernor cheap = Observed(accepted: 4, perToken: 0.02), dear = Observed(accepted: 4, perToken: 0.45);
        RunningSequence row = Row();
        foreach (DraftGovernor governor in (DraftGovernor[])[cheap, dear])
        {
            row.DraftPlan = new DraftPlan(Drafter.Tree, 16);
            for (int i = 0; i < 100; i++) governor.ObserveDraft(row, 4, 4, width: 2.5);
        }

        Assert.InRange(cheap.Limit(row, Drafter.Tree, 16, 1), 8, 16);
        Assert.Equal(0, dear.Limit(row, Drafter.Tree, 2, 1));
    }

    [Fact]
    public void BreakEven_DearerTokens_NeedABetterChance()
    {
        RunningSequence row = Row();
        row.AddDraft(1);
        double cheap = Observed(accepted: 4, perToken: 0.05).BreakEven(row, 1), dear = Observed(accepted: 4, perToken: 0.3).BreakEven(row, 1);
        Assert.InRange(cheap, 0.05, 0.3);
        Assert.InRange(dear, cheap + 0.1, 0.9);
        Assert.Equal(0, new DraftGovernor().BreakEven(row, 1));
    }

    [Fact]
    public void DraftRecord_OldDrafts_FadeAndRefusedOnesSayNothingOfLaterPlaces()
    {
        DraftRecord record = new(memory: 0.5);
        record.Observe(4, 1);
        Assert.Equal(1, record.Chance(0, 0, 0), 9);
        Assert.Equal(0, record.Chance(1, 1, 0), 9);
        Assert.Equal(0.7, record.Chance(2, 0.7, 1), 9); // never reached
        for (int i = 0; i < 30; i++) record.Observe(4, 4);
        Assert.InRange(record.Chance(1, 0, 0), 0.999, 1);
        record.Observe(40, 40);
        Assert.InRange(record.Chance(39, 0, 0), 0.999, 1); // shares the last place
    }

    /// <summary>A large forward of one token takes 1, of each more that part of it; one of the small model 0.1.</summary>
    private static DraftGovernor Observed(int accepted, double perToken)
    {
        DraftGovernor governor = new();
        Observe(governor, ModelRole.Small, 1, 0.1);
        for (int tokens = 1; tokens <= 9; tokens++) Observe(governor, ModelRole.Large, tokens, 1 + (tokens - 1) * perToken);
        RunningSequence anybody = Row();
        for (int i = 0; i < 300; i++) governor.ObserveDraft(anybody, 8, accepted);
        return governor;
    }

    private static void Observe(DraftGovernor governor, ModelRole role, int tokens, double seconds)
    {
        for (int i = 0; i < 3; i++) governor.ObserveForward(role, tokens, seconds);
    }

    private static RunningSequence Row(bool governed = true)
    {
        Sequence sequence = new([1], new SamplingParams { MaxTokens = 100 }) { Speculation = new SpeculationOptions { Governed = governed } };
        return new RunningSequence(sequence, new LargeOnlyStrategy().CreatePolicy(sequence), new FixedDrafts(8))
        {
            DraftPlan = new DraftPlan(Drafter.Small, 8),
            LastDraft = 1,
        };
    }
}
