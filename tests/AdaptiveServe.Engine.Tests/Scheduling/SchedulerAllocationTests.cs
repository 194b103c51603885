using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LargeOnly;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Engine.Tests.Scheduling;

public sealed class SchedulerAllocationTests : IDisposable
{
    private const int Rows = 256, Steps = 64;

    private readonly Scheduler _scheduler;
    private readonly FakeModelRunner _runner;
    private readonly Sequence[] _sequences;

    public SchedulerAllocationTests()
    {
        ModelInfo info = FakeModelRunner.TinyInfo(largeBlocks: 10_000, blockSize: 16, context: 1000);
        _runner = new FakeModelRunner(info);
        _scheduler = new Scheduler(new EngineOptions { MaxSequences = Rows, MaxBatchTokens = 4096 }, info);
        var sampling = new SamplingParams { MaxTokens = 800, IgnoreEos = true };
        _sequences = [.. Enumerable.Range(0, Rows).Select(i => new Sequence(Enumerable.Repeat(i % 50, 130 + i % 16).ToArray(), sampling))];
        foreach (Sequence sequence in _sequences) _scheduler.Add(new RunningSequence(sequence, new LargeOnlyStrategy(), null));
        for (int step = 0; step < 16; step++) Step(); // the prompts, and some tokens of each
    }

    public void Dispose() => _runner.Dispose();

    [Fact]
    public void Step_DecodeOf256Sequences_AllocatesNothing()
    {
        for (int i = 0; i < Steps; i++) Assert.Equal(0, Step());
    }

    /// <returns>Bytes that the scheduler's part of a step allocates; the runner and the readers are left out.</returns>
    private long Step()
    {
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        _scheduler.Admit();
        StepBatch batch = _scheduler.Schedule(ModelRole.Large);
        bytes -= GC.GetAllocatedBytesForCurrentThread();
        StepResult result = _runner.Execute(batch);
        bytes += GC.GetAllocatedBytesForCurrentThread();
        _scheduler.Update(batch, result);
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        foreach (Sequence sequence in _sequences) sequence.Output.TryRead(out _);
        return bytes;
    }
}
