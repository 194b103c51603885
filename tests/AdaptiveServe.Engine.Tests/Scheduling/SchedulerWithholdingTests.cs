using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Tests.Strategies;

namespace AdaptiveServe.Engine.Tests.Scheduling;

/// <summary>Tokens that the small model drew and nobody sees. After a token that 3 does not divide, the next one is withheld.</summary>
public class SchedulerWithholdingTests
{
    [Fact]
    public void Step_TokenWithheld_IsGivenByTheLargeModelsNextForward()
    {
        using var trace = new SchedulerTrace();
        Sequence sequence = trace.Add('a', prompt: 5, target: new WithholdingTarget());
        Assert.Equal("a[0..5)*1", trace.Small());
        Assert.Equal((0, false), (sequence.GeneratedCount, sequence.Output.TryRead(out _)));
        Assert.Equal("", trace.Small()); // asked once
        Assert.Equal("a[0..5)*1", trace.Step());
        Assert.True(sequence.Output.TryRead(out GeneratedToken token));
        Assert.Equal((1, ModelRole.Large), (sequence.GeneratedCount, token.Role));
        SequenceStats stats = sequence.Stats;
        Assert.Equal((0, 1, 1, 0), (stats.SmallTokens, stats.LargeTokens, stats.ProcessedByLarge, stats.Switches));
        Assert.Equal((1, 1), (stats.SmallForwards, stats.LargeForwards));
        Assert.Equal("a[5..6)*1", trace.Small()); // what it computed before it was overruled is kept
        trace.Finish();
    }

    [Fact]
    public void Step_WithheldWhileDrafting_GivesTheSame()
    {
        using var trace = new SchedulerTrace();
        trace.Add('a', prompt: 5, max: 9, target: new WithholdingTarget(), proposal: new FixedDrafts(3));
        trace.Add('b', prompt: 6, max: 9, target: new WithholdingTarget(), proposal: new FixedDrafts(1));
        trace.Finish();
    }

    [Fact]
    public void Step_FirstTokenWithheld_CountsTheCachedPromptOfTheModelThatRanIt()
    {
        using var trace = new SchedulerTrace();
        trace.Add('a', prompt: 8, max: 1);
        trace.Step();
        Sequence sequence = trace.Add('b', prompt: 8, like: 'a', target: new WithholdingTarget());
        Assert.Equal("b[0..8)*1", trace.Small());
        Assert.Equal("b[4..8)*1", trace.Step()); // the large model knew the prompt, but its keys and values were not what the prompt cost
        Assert.Equal(0, sequence.Stats.CachedPromptTokens);
        trace.Finish();
    }
}
