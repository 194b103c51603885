using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Engine.Tests.Scheduling;

public class SchedulerSharingTests
{
    [Fact]
    public void Step_KnownPrompt_RunsOnlyWhatIsNotCached()
    {
        using var trace = new SchedulerTrace();
        trace.Add('a', prompt: 10, max: 1);
        trace.Step();
        Sequence again = trace.Add('b', prompt: 11, max: 1, like: 'a');
        Assert.Equal("b[8..11)*1", trace.Step());
        Assert.Equal(8, again.Stats.CachedPromptTokens);
        Assert.Equal((19L, 8L), (trace.Scheduler.PrefixQueries, trace.Scheduler.PrefixHits));
        trace.Finish();
    }

    [Fact]
    public void Step_KnownPromptOfWholeBlocks_RunsItsLastTokenForTheLogits()
    {
        using var trace = new SchedulerTrace();
        trace.Add('a', prompt: 8, max: 1);
        trace.Step();
        trace.Add('b', prompt: 8, max: 1, like: 'a');
        Assert.Equal("b[4..8)*1", trace.Step());
        trace.Finish();
    }

    [Fact]
    public void Step_GeneratedTokens_AreFoundByTheNextTurnOfAConversation()
    {
        using var trace = new SchedulerTrace();
        Sequence first = trace.Add('a', prompt: 6, max: 7);
        trace.Finish();
        Sequence second = trace.Add('b', tokens: [.. first.Tokens, 1, 2, 3]);
        Assert.Equal("b[12..16)*1", trace.Step());
        Assert.Equal(12, second.Stats.CachedPromptTokens);
        trace.Finish();
    }

    [Fact]
    public void Step_BlockOfAChunkedPrompt_IsSharedBeforeThePromptIsDone()
    {
        using var trace = new SchedulerTrace(rows: 2, budget: 6);
        trace.Add('a', prompt: 20, max: 1);
        Assert.Equal("a[0..6)", trace.Step());
        trace.Add('b', prompt: 6, max: 1, like: 'a', priority: -1);
        Assert.Equal("b[4..6)*1 a[6..10)", trace.Step());
        trace.Finish();
    }

    [Fact]
    public void Step_SamplesOfOnePrompt_WaitForItAndThenShareIt()
    {
        using var trace = new SchedulerTrace(budget: 8);
        trace.Add('a', prompt: 9, max: 2);
        trace.Add('b', prompt: 9, max: 2, like: 'a', waits: true);
        trace.Add('c', prompt: 9, max: 2, like: 'a', waits: true);
        trace.Add('d', prompt: 3, max: 2);
        Assert.Equal("a[0..8)", trace.Step());
        Assert.Equal("a[8..9)*1 d[0..3)*1", trace.Step());
        Assert.Equal("a[9..10)*1 b[8..9)*1 c[8..9)*1 d[3..4)*1", trace.Step());
        trace.Finish();
        Assert.Equal(8, trace.Rows['c'].Sequence.Stats.CachedPromptTokens);
    }

    [Fact]
    public void Step_FirstSampleIsCancelled_TheOthersGoOn()
    {
        using var trace = new SchedulerTrace(budget: 8);
        Sequence first = trace.Add('a', prompt: 9, max: 2);
        trace.Add('b', prompt: 9, max: 2, like: 'a', waits: true);
        Assert.Equal("a[0..8)", trace.Step());
        first.Cancel();
        Assert.Equal("b[8..9)*1", trace.Step());
        trace.Finish();
    }

    [Fact]
    public void Step_FirstSampleOnlyScoresThePrompt_TheOthersGoOnAfterIt()
    {
        using var trace = new SchedulerTrace();
        trace.Add('a', prompt: 9, max: 0);
        trace.Add('b', prompt: 9, max: 1, like: 'a', waits: true);
        Assert.Equal("a[0..9)", trace.Step());
        Assert.Equal("b[8..9)*1", trace.Step());
        trace.Finish();
    }

    [Theory, InlineData(false, false), InlineData(true, true)]
    public void Step_NothingToShare_SamplesDoNotWait(bool prefixCaching, bool promptLogprobs)
    {
        using var trace = new SchedulerTrace(prefixCaching: prefixCaching);
        trace.Add('a', prompt: 9, max: 1);
        trace.Add('b', prompt: 9, max: 1, like: 'a', waits: true, promptLogprobs: promptLogprobs);
        Assert.Equal("a[0..9)*1 b[0..9)*1", trace.Step());
        trace.Finish();
    }

    [Fact]
    public void Step_LogprobsOfAKnownPrompt_RunsEveryPosition()
    {
        using var trace = new SchedulerTrace();
        trace.Add('a', prompt: 9, max: 1);
        trace.Step();
        Sequence scored = trace.Add('b', prompt: 9, max: 2, like: 'a', promptLogprobs: true);
        Assert.Equal("b[0..9)*1", trace.Step());
        Assert.Equal(FakeModelRunner.PromptLogprobs(scored.Tokens[..9]), scored.PromptLogprobs.Skip(1).Select(entry => entry.Single()));
        Assert.Equal(0, scored.Stats.CachedPromptTokens);
        trace.Finish();
    }

    [Fact]
    public void Step_RowThatWaitsForTokens_IsLookedUpOnce()
    {
        using var trace = new SchedulerTrace(rows: 2, budget: 4);
        trace.Add('a', prompt: 12, max: 1);
        trace.Add('b', prompt: 5, max: 1);
        for (int step = 0; step < 3; step++) trace.Step();
        Assert.Equal(11L, trace.Scheduler.PrefixQueries);
        trace.Step();
        Assert.Equal(15L, trace.Scheduler.PrefixQueries);
        trace.Finish();
    }

    [Fact]
    public void Step_RowThatWaitedForTokens_FindsWhatWasComputedMeanwhile()
    {
        using var trace = new SchedulerTrace(rows: 2, budget: 4);
        trace.Add('a', prompt: 9, max: 1);
        trace.Add('b', prompt: 9, max: 1, like: 'a');
        Assert.Equal("a[0..4)", trace.Step());
        Assert.Equal("a[4..8)", trace.Step());
        Assert.Equal("a[8..9)*1 b[8..9)*1", trace.Step());
        trace.Finish();
    }
}
