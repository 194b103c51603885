using AdaptiveServe.Engine;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LargeOnly;
using AdaptiveServe.Tests;
using BenchmarkDotNet.Attributes;

namespace AdaptiveServe.Benchmarks;

/// <summary>Scheduling and booking a decode step of 256 sequences, their readers included, without a forward.</summary>
[MemoryDiagnoser]
public class ScheduleBenchmark
{
    private const int Sequences = 256, Steps = 512, Prompt = 64;

    private readonly StepResult _result = new();
    private readonly List<Sequence> _sequences = [];
    private Scheduler _scheduler = null!;

    [Params(false, true)]
    public bool PrefixCaching { get; set; }

    /// <summary>New sequences, whose prompts are computed.</summary>
    [IterationSetup]
    public void Start()
    {
        var options = new EngineOptions { MaxSequences = Sequences, MaxBatchTokens = Sequences * Prompt, PrefixCaching = PrefixCaching };
        _scheduler = new Scheduler(options, FakeModelRunner.TinyInfo(largeBlocks: 1 << 14, blockSize: 16, context: 4096));
        _sequences.Clear();
        for (int i = 0; i < Sequences; i++)
        {
            int[] prompt = [.. Enumerable.Range(0, Prompt).Select(token => (token * 7 + i) % 50)];
            var sequence = new Sequence(prompt, new SamplingParams { MaxTokens = 2048, IgnoreEos = true });
            _sequences.Add(sequence);
            _scheduler.Add(new RunningSequence(sequence, new LargeOnlyStrategy(), null));
        }

        _scheduler.Admit();
        Step();
    }

    [Benchmark(OperationsPerInvoke = Steps)]
    public void Decode()
    {
        for (int i = 0; i < Steps; i++) Step();
    }

    private void Step()
    {
        StepBatch batch = _scheduler.Schedule(ModelRole.Large);
        _result.Reset(batch.SampleCount);
        _result.Tokens.Fill(7);
        _scheduler.Update(batch, _result);
        foreach (Sequence sequence in _sequences) sequence.Output.TryRead(out _);
    }
}
