using AdaptiveServe.Engine.Cache;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LargeOnly;
using AdaptiveServe.Engine.Strategies.Targets.SmallOnly;
using AdaptiveServe.Engine.Tests.Sequences;
using AdaptiveServe.Engine.Tests.Strategies;
using AdaptiveServe.Tests;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AdaptiveServe.Engine.Tests.Execution;

/// <summary>The loop, stepped by hand or run to its end on the test's own thread.</summary>
public sealed class EngineLoopTests : IDisposable
{
    private static readonly ModelInfo Info = FakeModelRunner.TinyInfo(largeBlocks: 1000, smallBlocks: 1000, context: 600);

    private readonly FakeTimeProvider _time = new();
    private readonly EngineOptions _options = new() { MaxSequences = 8, MaxBatchTokens = 64 };
    private readonly Scheduler _scheduler;
    private readonly FakeModelRunner _runner;
    private readonly EngineLoop _loop;
    private readonly double[] _busy = new double[2]; // milliseconds of each model
    private readonly int[] _milliseconds = [1, 1];
    private long _arrivals;

    public EngineLoopTests()
    {
        _scheduler = new Scheduler(_options, Info);
        _runner = new FakeModelRunner(Info) { BeforeExecute = TakeTime };
        _loop = new EngineLoop(_scheduler, _runner, _options, _time, NullLogger.Instance);
    }

    public void Dispose()
    {
        _loop.Dispose();
        _runner.Dispose();
    }

    [Fact]
    public void Step_FirstForwardOfTheSmallModelIsSlow_PaceIsThatOfTheOthers()
    {
        (_milliseconds[0], _milliseconds[1]) = (1000, 5);
        Post("large", max: 500);
        Sequence onSmall = Post("small", max: 500);
        _loop.Step();
        _milliseconds[0] = 1;
        for (int step = 0; step < 5; step++) _loop.Step();
        int before = onSmall.GeneratedCount;
        for (int step = 0; step < 10; step++) _loop.Step();
        Assert.InRange(onSmall.GeneratedCount - before, 49, 51);
    }

    [Theory]
    [InlineData(1, 5, 5)]
    [InlineData(2, 7, 3.5)]
    [InlineData(1, 100, 16)] // the most in one step
    [InlineData(3, 3, 1)]
    [InlineData(10, 2, 0.2)]
    public void Step_BothModelsLoaded_EachGetsItsPace(int small, int large, double pace)
    {
        (_milliseconds[0], _milliseconds[1]) = (small, large);
        Sequence[] onLarge = [.. Enumerable.Range(0, 3).Select(_ => Post("large", max: 500))];
        Sequence[] onSmall = [.. Enumerable.Range(0, 3).Select(_ => Post("small", max: 500))];
        for (int step = 0; step < 5; step++) _loop.Step();
        int largeBefore = onLarge[0].GeneratedCount, smallBefore = onSmall[0].GeneratedCount;
        _busy.AsSpan().Clear();
        for (int step = 0; step < 20; step++) Assert.True(_loop.Step());

        Assert.All(onLarge, sequence => Assert.Equal(20, sequence.GeneratedCount - largeBefore));
        Assert.All(onSmall, sequence => Assert.InRange(sequence.GeneratedCount - smallBefore, (int)(20 * pace) - 1, (int)(20 * pace) + 1));
        Assert.InRange(_busy[(int)ModelRole.Small], 0, _busy[(int)ModelRole.Large] + small); // never more than half of the time
    }

    [Fact]
    public void Step_OnlySmallRows_RunUntilTheyEnd()
    {
        (_milliseconds[0], _milliseconds[1]) = (10, 1);
        Post("large", max: 2);
        Sequence small = Post("small", max: 40);
        StepToTheEnd();
        Assert.Equal(40, small.GeneratedCount);
    }

    [Fact]
    public void Step_NothingToDo_IsFalse()
    {
        Assert.False(_loop.Step());
        Post("large", max: 1);
        Assert.True(_loop.Step());
        Assert.False(_loop.Step());
    }

    [Fact]
    public void Step_Cancelled_FreesTheBlocksInThatStep()
    {
        Sequence sequence = Post("large", max: 100);
        _loop.Step();
        Assert.NotEqual(0, _scheduler.Pool(ModelRole.Large)!.HeldCount);
        sequence.Cancel();
        Assert.False(_loop.Step());
        Assert.Equal((FinishReason.Cancelled, 0), (sequence.FinishReason!.Value, _scheduler.Pool(ModelRole.Large)!.HeldCount));
    }

    [Fact]
    public void Queued_AnyCourse_CountsThoseThatHaveNotRun()
    {
        Sequence[] all = [.. Enumerable.Range(0, 12).Select(_ => Post("large", max: 2))];
        Assert.Equal((12, 12), (_loop.Queued, _loop.InboxCount));
        long each = all[0].PromptLength;
        Assert.Equal(12 * each, _loop.QueuedTokens);
        _loop.Step();
        Assert.Equal((4, 0), (_loop.Queued, _loop.InboxCount)); // 8 run
        Assert.Equal(4 * each, _loop.QueuedTokens);
        all[^1].Cancel();
        Post("large", max: 1).Cancel();
        _loop.Step();
        Assert.Equal(3, _loop.Queued);
        StepToTheEnd();
        Assert.Equal((0, 0L), (_loop.Queued, _loop.QueuedTokens));
    }

    [Theory, InlineData("small"), InlineData("large")]
    public void Step_ForwardThrows_EndsItsSequencesAndServesTheNext(string target)
    {
        ModelRole role = target == "small" ? ModelRole.Small : ModelRole.Large;
        Sequence bystander = Post(target == "small" ? "large" : "small", max: 5);
        Sequence[] broken = [Post(target, max: 5), Post(target, max: 5)];
        _loop.Step();
        _runner.BeforeExecute = batch => _ = batch.Role == role ? throw new InvalidOperationException("the device is gone") : 0;
        _loop.Step();
        foreach (Sequence sequence in broken)
        {
            Assert.Equal(FinishReason.Error, sequence.FinishReason);
            Assert.DoesNotContain("device", sequence.Error); // what went wrong inside is for the log
            Assert.Single(sequence.ReadAll());
        }

        Assert.Equal(0, _scheduler.Pool(role)!.HeldCount);
        _runner.BeforeExecute = null;
        Sequence next = Post(target, max: 5);
        StepToTheEnd();
        Assert.Equal((FinishReason.Length, FinishReason.Length), (next.FinishReason!.Value, bystander.FinishReason!.Value));
        Assert.Equal(FakeModelRunner.Continue(next.Tokens[..3], next.Sampling, role, Info), next.Tokens[3..].ToArray());
    }

    [Fact]
    public void Run_Stopped_CancelsWhatIsLeft()
    {
        Sequence running = Post("large", max: 500), inbox = null!;
        int forwards = 0;
        _runner.BeforeExecute = _ =>
        {
            if (++forwards < 3) return;
            inbox = Post("large", max: 5);
            _loop.Stop();
        };
        _loop.Run();
        Assert.Null(_loop.Fault);
        Assert.Equal((FinishReason.Cancelled, 3), (running.FinishReason!.Value, running.GeneratedCount));
        Assert.Equal(FinishReason.Cancelled, inbox.FinishReason);
        Assert.Null(inbox.Error);
        Assert.Equal(FinishReason.Cancelled, Post("large", max: 5).FinishReason); // nobody else would
        Assert.Equal(0, _scheduler.Pool(ModelRole.Large)!.HeldCount);
    }

    [Fact]
    public void Run_RunnerCannotStart_EndsEverythingWithAnError()
    {
        var runner = new BrokenRunner();
        using var loop = new EngineLoop(new Scheduler(_options, Info), runner, _options, _time, NullLogger.Instance);
        RunningSequence row = Row("large", max: 5), late = Row("large", max: 5);
        loop.Post([row]);
        loop.Run();
        loop.Post([late]);
        Assert.IsType<NotSupportedException>(loop.Fault);
        Assert.Equal((FinishReason.Error, FinishReason.Error), (row.Sequence.FinishReason!.Value, late.Sequence.FinishReason!.Value));
        Assert.NotNull(late.Sequence.Error);
    }

    [Fact]
    public void Run_BlockLeaked_FaultsWhenIdle()
    {
        Sequence sequence = Post("large", max: 2);
        _runner.BeforeExecute = _ => _scheduler.Pool(ModelRole.Large)!.TryGrow(new BlockTable(), tokens: 1, expectedTokens: 1);
        _loop.Run();
        Assert.IsType<InvalidOperationException>(_loop.Fault);
        Assert.Equal(FinishReason.Length, sequence.FinishReason);
    }

    [Fact]
    public void Run_DefectInTheScheduler_EndsEverythingWithAnError()
    {
        var row = new RunningSequence(new Sequence([1], new SamplingParams()), new BrokenTarget(), null);
        Sequence other = Post("large", max: 5);
        _loop.Post([row]);
        _loop.Run();
        Assert.IsType<NotSupportedException>(_loop.Fault);
        Assert.Equal((FinishReason.Error, FinishReason.Error), (row.Sequence.FinishReason!.Value, other.FinishReason!.Value));
    }

    private void StepToTheEnd()
    {
        for (int step = 0; _loop.Step(); step++)
        {
            Assert.True(step < 1000, "the sequences do not end");
            _scheduler.CheckIntegrity();
        }
    }

    private void TakeTime(StepBatch batch)
    {
        _busy[(int)batch.Role] += _milliseconds[(int)batch.Role];
        _time.Advance(TimeSpan.FromMilliseconds(_milliseconds[(int)batch.Role]));
    }

    private Sequence Post(string target, int max)
    {
        RunningSequence row = Row(target, max);
        _loop.Post([row]);
        return row.Sequence;
    }

    private RunningSequence Row(string target, int max)
    {
        var sampling = new SamplingParams { MaxTokens = max, IgnoreEos = true };
        var sequence = new Sequence([1, 2, (int)(_arrivals % 50)], sampling) { Arrival = _arrivals++ };
        return new RunningSequence(sequence, target == "small" ? new SmallOnlyStrategy() : new LargeOnlyStrategy(), null);
    }

    private sealed class BrokenRunner : IModelRunner
    {
        public ModelInfo Info => EngineLoopTests.Info;

        public void Start() => throw new NotSupportedException();

        public StepResult Execute(StepBatch batch) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
