using AdaptiveServe.Engine;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LargeOnly;
using AdaptiveServe.Torch;
using AdaptiveServe.Torch.Running;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;

namespace AdaptiveServe.Benchmarks;

/// <summary>One decode step, forward and greedy choice, of models with random bfloat16 weights, 64 tokens into each sequence.</summary>
[MemoryDiagnoser]
public class DecodeBenchmark
{
    private const int Context = 64;

    private RandomModel _model = null!;
    private TorchModelRunner _runner = null!;
    private StepBatch _batch = null!;

    public enum Shape
    {
        /// <summary>10M parameters: width 256, 12 layers, vocabulary 2048.</summary>
        D256x12,

        /// <summary>15M parameters: width 288, 6 layers, vocabulary 32000.</summary>
        D288x6,
    }

    [ParamsAllValues]
    public Shape Model { get; set; }

    [Params(1, 8, 32)]
    public int Rows { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    [Params("auto", "libtorch")]
    public string Compute { get; set; } = "auto";

    [GlobalSetup]
    public void Start()
    {
        _model = Model == Shape.D256x12 ? new RandomModel(256, 12, 8, 688, 2048) : new RandomModel(288, 6, 6, 768, 32000);
        var engine = new EngineOptions { MaxSequences = 64, MaxBatchTokens = 4096 };
        var options = new TorchRunnerOptions { Model = _model.Folder, KvMemory = "0.5", Threads = Threads, Compute = Compute, DType = Compute == "auto" ? "auto" : "float32" };
        _runner = TorchModelRunner.Load(options, engine, NullLogger.Instance);
        var scheduler = new Scheduler(engine, _runner.Info);
        for (int row = 0; row < Rows; row++)
        {
            int[] prompt = [.. Enumerable.Range(0, Context).Select(i => (i * 31 + row * 17) % 2000)];
            var sequence = new Sequence(prompt, new SamplingParams { Temperature = 0, MaxTokens = 100, IgnoreEos = true });
            scheduler.Add(new RunningSequence(sequence, new LargeOnlyStrategy(), null));
        }

        scheduler.Admit();
        StepBatch prompts = scheduler.Schedule(ModelRole.Large);
        scheduler.Update(prompts, _runner.Execute(prompts));
        _batch = scheduler.Schedule(ModelRole.Large);
    }

    [GlobalCleanup]
    public void Stop()
    {
        _runner.Dispose();
        _model.Dispose();
    }

    /// <summary>The same step again and again: it writes the same keys and values into the same slots.</summary>
    [Benchmark]
    public int Step() => _runner.Execute(_batch).Count;
}
