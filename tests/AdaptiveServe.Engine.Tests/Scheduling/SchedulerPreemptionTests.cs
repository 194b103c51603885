using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.SmallOnly;
using AdaptiveServe.Engine.Tests.Sequences;
using AdaptiveServe.Engine.Tests.Strategies;

namespace AdaptiveServe.Engine.Tests.Scheduling;

public class SchedulerPreemptionTests
{
    [Fact]
    public void Step_MemoryRunsOut_TheLastRowGivesItsBlocksBackAndIsRecomputed()
    {
        using var trace = new SchedulerTrace(blocks: 4, prefixCaching: false);
        trace.Add('a', prompt: 4, max: 6);
        Sequence last = trace.Add('b', prompt: 6, max: 6);
        Assert.Equal("a[0..4)*1 b[0..6)*1", trace.Step());
        Assert.Equal("a[4..5)*1 b[6..7)*1", trace.Step());
        Assert.Equal("a[5..6)*1 b[7..8)*1", trace.Step());
        Assert.Equal("a[6..7)*1", trace.Step()); // b wants a third block and waits for it
        Assert.Equal("a[7..8)*1", trace.Step());
        Assert.Equal((SequenceStatus.Running, 2), (last.Status, trace.Rows['b'].Table(ModelRole.Large).Count));
        Assert.Equal("a[8..9)*1", trace.Step()); // a needs a third one too
        Assert.Equal((SequenceStatus.Preempted, 1, 1L), (last.Status, last.Stats.Preemptions, trace.Scheduler.Preemptions));
        Assert.Equal("b[0..9)*1", trace.Step());
        trace.Finish();
        Assert.Equal(6, last.ReadAll().Count());
    }

    [Fact]
    public void Step_PreemptedRow_FindsItsOwnBlocksInThePrefixCache()
    {
        using var trace = new SchedulerTrace(blocks: 5);
        trace.Add('a', prompt: 7, max: 3);
        Sequence last = trace.Add('b', prompt: 8, max: 4);
        trace.Step();
        Assert.Equal("a[7..8)*1 b[8..9)*1", trace.Step());
        Assert.Equal("a[8..9)*1", trace.Step());
        Assert.Equal(SequenceStatus.Preempted, last.Status);
        Assert.Equal("b[8..10)*1", trace.Step());
        Assert.Equal(0, last.Stats.CachedPromptTokens); // of the first time
        trace.Finish();
    }

    [Fact]
    public void Step_RowOfHighPriorityNeedsMemory_TakesItFromTheLowest()
    {
        using var trace = new SchedulerTrace(blocks: 8);
        Sequence low = trace.Add('a', prompt: 7, max: 8, priority: 2), middle = trace.Add('b', prompt: 3, max: 8, priority: 1);
        trace.Step();
        trace.Add('c', prompt: 8, max: 6, priority: 0);
        Assert.Equal("c[0..8)*1 b[3..4)*1 a[7..8)*1", trace.Step());
        for (int step = 0; step < 4; step++) trace.Step();
        Assert.Equal("c[12..13)*1 b[8..9)*1", trace.Step());
        Assert.Equal((SequenceStatus.Preempted, SequenceStatus.Running), (low.Status, middle.Status));
        trace.Finish();
    }

    [Fact]
    public void Admit_WaitingSequenceOfHighPriority_TakesNoBlocksFromRunningOnes()
    {
        using var trace = new SchedulerTrace(blocks: 4);
        Sequence low = trace.Add('a', prompt: 12, max: 3, priority: 1);
        trace.Step();
        Sequence high = trace.Add('b', prompt: 8, max: 2, priority: 0);
        trace.Add('c', prompt: 1, max: 1, priority: 1);
        Assert.Equal("a[12..13)*1", trace.Step());
        Assert.Equal((SequenceStatus.Running, SequenceStatus.Waiting), (low.Status, high.Status));
        trace.Finish();
        Assert.Equal(0, low.Stats.Preemptions);
    }

    [Fact]
    public void Step_BlocksOfTheOtherModel_AreGivenUpWithoutRecomputingTheRow()
    {
        using var trace = new SchedulerTrace(smallBlocks: 4);
        trace.Add('s', prompt: 7, max: 8, priority: 0, target: new SmallOnlyStrategy());
        Sequence turned = trace.Add('t', prompt: 4, max: 8, priority: 1, target: new TurnsTarget(2));
        Assert.Equal("s[0..7)*1 t[0..4)*1", trace.Small());
        Assert.Equal("s[7..8)*1 t[4..5)*1", trace.Small());
        Assert.Equal("t[0..6)*1", trace.Step());
        Assert.Equal("s[8..9)*1", trace.Small());
        Assert.Equal(4, trace.Scheduler.Pool(ModelRole.Small)!.BlockCount);
        Assert.Equal("t[6..7)*1", trace.Step());
        for (int i = 0; i < 4; i++) trace.Small();
        Assert.Equal((SequenceStatus.Running, 0, 0), (turned.Status, turned.Stats.Preemptions, trace.Rows['t'].Computed(ModelRole.Small)));
        trace.Finish();
    }
}
