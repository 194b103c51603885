using AdaptiveServe.Engine;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LargeOnly;
using AdaptiveServe.Torch.Running;
using AdaptiveServe.Torch.Tests.Loading;
using AdaptiveServe.Torch.Tests.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace AdaptiveServe.Torch.Tests.Running;

/// <summary>Steady greedy decoding leaves nothing for the collector: schedule, forward, sampling, booking and reading.</summary>
public class StepAllocationTests
{
    private const int Sequences = 5, Warm = 60, Measured = 200;

    [Theory]
    [InlineData(1, "auto")]
    [InlineData(2, "auto")]
    [InlineData(1, "int8")]
    public void Step_WarmGreedyDecoding_AllocatesNothing(int threads, string dtype)
    {
        using var model = new TinyModel(Configs.With(Configs.Llama, ("max_position_embeddings", "512")));
        var options = new EngineOptions { MaxSequences = Sequences, MaxBatchTokens = 64 };
        var torch = new TorchRunnerOptions { Model = model.Folder, KvMemory = "0.05", Threads = threads, DType = dtype, BlockSize = 4 };
        using var runner = TorchModelRunner.Load(torch, options, NullLogger.Instance);
        var scheduler = new Scheduler(options, runner.Info);
        var sequences = new List<Sequence>();
        for (int i = 0; i < Sequences; i++)
        {
            sequences.Add(new Sequence([1, 2, 3 + i], new SamplingParams { Temperature = 0, MaxTokens = 400, IgnoreEos = true }));
            scheduler.Add(new RunningSequence(sequences[i], new LargeOnlyStrategy(), null));
        }

        Run(Warm);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(Measured); // over many ends of blocks, and some beyond what the arrays of a short answer hold
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, bytes);
        Assert.All(sequences, sequence => Assert.Equal(Warm + Measured, sequence.GeneratedCount));

        void Run(int steps)
        {
            for (int i = 0; i < steps; i++)
            {
                scheduler.Admit();
                StepBatch batch = scheduler.Schedule(ModelRole.Large);
                scheduler.Update(batch, runner.Execute(batch));
                foreach (Sequence sequence in sequences) sequence.Output.TryRead(out _);
            }
        }
    }
}
