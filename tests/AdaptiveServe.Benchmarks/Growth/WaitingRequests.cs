using System.Diagnostics;
using AdaptiveServe.Engine;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LargeOnly;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Benchmarks.Growth;

/// <summary>The engine's part of a decode step, without a model, while others wait for their turn.</summary>
internal sealed class WaitingRequests
{
    private const int Prompt = 64, StepsAtOnce = 100;

    private readonly StepResult _result = new();
    private readonly List<Sequence> _sequences = [];
    private readonly Scheduler _scheduler;

    /// <param name="running">Sequences that run.</param>
    /// <param name="waiting">Sequences that wait.</param>
    public WaitingRequests(int running, int waiting)
    {
        var options = new EngineOptions { MaxSequences = running, MaxBatchTokens = running * Prompt };
        _scheduler = new Scheduler(options, FakeModelRunner.TinyInfo(largeBlocks: 1 << 16, blockSize: 16, context: 1 << 20));
        for (int i = 0; i < running + waiting; i++)
        {
            int[] prompt = [.. Enumerable.Range(0, Prompt).Select(token => (token * 7 + i) % 50)];
            var sequence = new Sequence(prompt, new SamplingParams { MaxTokens = 1 << 15, IgnoreEos = true });
            if (i < running) _sequences.Add(sequence);
            _scheduler.Add(new RunningSequence(sequence, new LargeOnlyStrategy(), null));
        }

        Step(); // the prompts
    }

    /// <summary>Microseconds of a step on average over a hundred.</summary>
    public double Measure()
    {
        long from = Stopwatch.GetTimestamp();
        for (int i = 0; i < StepsAtOnce; i++) Step();
        return Stopwatch.GetElapsedTime(from).TotalMicroseconds / StepsAtOnce;
    }

    /// <summary>Admission, schedule, booking, and readers that take what came.</summary>
    private void Step()
    {
        _scheduler.Admit();
        StepBatch batch = _scheduler.Schedule(ModelRole.Large);
        _result.Reset(batch.SampleCount);
        _result.Tokens.Fill(7);
        _scheduler.Update(batch, _result);
        foreach (Sequence sequence in _sequences) sequence.Output.TryRead(out _);
    }
}
