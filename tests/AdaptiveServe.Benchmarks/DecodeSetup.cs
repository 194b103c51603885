using AdaptiveServe.Engine;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LargeOnly;
using AdaptiveServe.Torch;
using AdaptiveServe.Torch.Running;
using Microsoft.Extensions.Logging.Abstractions;

namespace AdaptiveServe.Benchmarks;

/// <summary>A random model and sequences whose prompts are computed, ready for the same step again and again.</summary>
/// <remarks>A repeated step writes the same keys and values into the same slots.</remarks>
internal sealed class DecodeSetup : IDisposable
{
    private readonly RandomModel? _model;
    private readonly TorchModelRunner _runner;
    private readonly List<RunningSequence> _sequences = [];

    /// <summary>A random model of a shape.</summary>
    public DecodeSetup(ModelShape shape, int threads, int sequences, int context, string compute = "auto", string dtype = "auto")
        : this(new RandomModel(shape), threads, sequences, context, compute, dtype)
    {
    }

    /// <param name="folder">Of the model.</param>
    /// <param name="threads">Of a forward.</param>
    /// <param name="sequences">How many.</param>
    /// <param name="context">Tokens in each.</param>
    /// <param name="compute"><see cref="TorchRunnerOptions.Compute"/>.</param>
    /// <param name="dtype"><see cref="TorchRunnerOptions.DType"/>.</param>
    public DecodeSetup(string folder, int threads, int sequences, int context, string compute = "auto", string dtype = "auto")
    {
        Folder = folder;
        var engine = new EngineOptions { MaxSequences = 64, MaxBatchTokens = 16384 };
        var options = new TorchRunnerOptions
        {
            Model = folder,
            KvMemory = "16", // more than any of them needs; what is not written takes no memory
            Threads = threads,
            Compute = compute,
            DType = dtype,
        };
        _runner = TorchModelRunner.Load(options, engine, NullLogger.Instance);
        var scheduler = new Scheduler(engine, _runner.Info);
        for (int i = 0; i < sequences; i++) _sequences.Add(Sequence(i, context));
        foreach (RunningSequence sequence in _sequences) scheduler.Add(sequence);
        scheduler.Admit();
        StepBatch prompts = scheduler.Schedule(ModelRole.Large);
        scheduler.Update(prompts, _runner.Execute(prompts));
        Step = scheduler.Schedule(ModelRole.Large);
        if (Step.Rows.Length != sequences) throw new InvalidOperationException($"Of {sequences} sequences {Step.Rows.Length} have room.");
    }

    private DecodeSetup(RandomModel model, int threads, int sequences, int context, string compute, string dtype)
        : this(model.Folder, threads, sequences, context, compute, dtype) => _model = model;

    /// <summary>The step after the prompts: one row for each sequence.</summary>
    public StepBatch Step { get; }

    /// <summary>A step over the last tokens of the first sequence, each sampled, as verification runs them.</summary>
    public StepBatch LastTokens(int count)
    {
        RunningSequence first = _sequences[0];
        var batch = new StepBatch(ModelRole.Large);
        batch.Add(first, first.Sequence.Count - count, count, count, isDraft: false);
        return batch;
    }

    /// <summary>The prompts again, each sampled once.</summary>
    public StepBatch Prompts()
    {
        var batch = new StepBatch(ModelRole.Large);
        foreach (RunningSequence sequence in _sequences) batch.Add(sequence, 0, sequence.Sequence.PromptLength, 1, isDraft: false);
        return batch;
    }

    public string Folder { get; }

    public ModelInfo Info => _runner.Info;

    public int Run(StepBatch batch) => _runner.Execute(batch).Count;

    public void Dispose()
    {
        _runner.Dispose();
        _model?.Dispose();
    }

    private static RunningSequence Sequence(int number, int context)
    {
        int[] prompt = [.. Enumerable.Range(0, context).Select(i => (i * 31 + number * 17) % 2000)];
        var sequence = new Sequence(prompt, new SamplingParams { Temperature = 0, MaxTokens = 100, IgnoreEos = true });
        return new RunningSequence(sequence, new LargeOnlyStrategy(), null);
    }
}
