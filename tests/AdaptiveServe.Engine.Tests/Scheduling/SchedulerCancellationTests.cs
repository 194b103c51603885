using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LargeOnly;

namespace AdaptiveServe.Engine.Tests.Scheduling;

public class SchedulerCancellationTests
{
    [Fact]
    public void Admit_CancelledWhileWaiting_EndsWithoutRunning()
    {
        using var trace = new SchedulerTrace(rows: 1);
        trace.Add('a');
        Sequence cancelled = trace.Add('b');
        trace.Step();
        cancelled.Cancel();
        trace.Step();
        AssertCancelled(cancelled, generated: 0);
        Assert.Equal(0, trace.Scheduler.WaitingCount);
        trace.Finish();
    }

    [Fact]
    public void Admit_CancelledBeforeItCame_EndsWithoutRunning()
    {
        using var trace = new SchedulerTrace();
        var cancelled = new Sequence([1, 2, 3], new SamplingParams());
        cancelled.Cancel();
        trace.Scheduler.Add(new RunningSequence(cancelled, new LargeOnlyStrategy(), null));
        Assert.Equal("", trace.Step());
        AssertCancelled(cancelled, generated: 0);
    }

    [Fact]
    public void Admit_CancelledWhileRunning_FreesItsBlocksBeforeTheNextForward()
    {
        using var trace = new SchedulerTrace();
        trace.Add('a');
        Sequence cancelled = trace.Add('b', prompt: 20);
        trace.Step();
        cancelled.Cancel();
        Assert.Equal("a[4..5)*1", trace.Step());
        AssertCancelled(cancelled, generated: 1);
        Assert.Equal(trace.Rows['a'].Table(ModelRole.Large).Count, trace.Scheduler.Pool(ModelRole.Large)!.HeldCount);
        trace.Finish();
    }

    [Fact]
    public void Admit_CancelledInTheMiddleOfItsPrompt_FreesItsBlocks()
    {
        using var trace = new SchedulerTrace(rows: 1, budget: 4);
        Sequence cancelled = trace.Add('a', prompt: 20);
        trace.Step();
        cancelled.Cancel();
        Assert.Equal("", trace.Step());
        AssertCancelled(cancelled, generated: 0);
        Assert.Equal(0, trace.Scheduler.Pool(ModelRole.Large)!.HeldCount);
    }

    [Fact]
    public void Admit_CancelledWhilePreempted_EndsAndIsNotCountedAgain()
    {
        using var trace = new SchedulerTrace(blocks: 4, prefixCaching: false);
        trace.Add('a', prompt: 7, max: 6);
        Sequence cancelled = trace.Add('b', prompt: 4, max: 6);
        for (int step = 0; cancelled.Status != SequenceStatus.Preempted; step++)
        {
            Assert.True(step < 20, "nothing was preempted");
            trace.Step();
        }

        int generated = cancelled.GeneratedCount;
        cancelled.Cancel();
        Assert.Equal(0, trace.Scheduler.Admit().Sequences);
        AssertCancelled(cancelled, generated);
        trace.Finish();
    }

    [Fact]
    public void Admit_EveryoneCancels_LeavesNothing()
    {
        using var trace = new SchedulerTrace(rows: 2);
        Sequence[] all = [.. "abcd".Select(name => trace.Add(name))];
        trace.Step();
        foreach (Sequence sequence in all) sequence.Cancel();
        Assert.Equal("", trace.Step());
        Assert.False(trace.Scheduler.HasWork);
    }

    private static void AssertCancelled(Sequence sequence, int generated)
    {
        Assert.Equal((SequenceStatus.Finished, FinishReason.Cancelled), (sequence.Status, sequence.FinishReason!.Value));
        Assert.Null(sequence.Error);
        Assert.Equal(generated, sequence.GeneratedCount);
    }
}
