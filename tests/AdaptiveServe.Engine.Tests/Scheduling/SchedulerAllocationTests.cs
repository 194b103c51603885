using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Targets.LargeOnly;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Engine.Tests.Scheduling;

public sealed class SchedulerAllocationTests
{
    private const int Steps = 64;

    [Fact]
    public void Step_DecodeOf256Sequences_AllocatesNothing()
    {
        using var steps = new MeteredSteps(256, drafts: false);
        for (int step = 0; step < 16; step++) steps.Run(); // the prompts, and some tokens of each
        for (int i = 0; i < Steps; i++) Assert.Equal(0, steps.Run());
    }

    /// <summary>Branches of draft trees, their tokens and their tables are those of earlier drafts.</summary>
    [Fact]
    public void Step_DraftTreesOfEightSequences_AllocatesNothing()
    {
        using var steps = new MeteredSteps(8, drafts: true);
        for (int step = 0; step < 16; step++) steps.Run();
        int verified = steps.Drafted;
        for (int i = 0; i < Steps; i++) Assert.Equal(0, steps.Run());
        Assert.True(steps.Drafted - verified > 8 * Steps, "hardly anything was drafted");
    }

    /// <summary>Steps of sequences that all go on for long.</summary>
    private sealed class MeteredSteps : IDisposable
    {
        private readonly Scheduler _scheduler;
        private readonly FakeModelRunner _runner;
        private readonly Sequence[] _sequences;
        private readonly MeteredDrafts[] _drafts;

        public MeteredSteps(int rows, bool drafts)
        {
            ModelInfo info = FakeModelRunner.TinyInfo(largeBlocks: 10_000, blockSize: 16, context: 1000);
            _runner = new FakeModelRunner(info);
            _scheduler = new Scheduler(new EngineOptions { MaxSequences = rows, MaxBatchTokens = 4096 }, info);
            var sampling = new SamplingParams { MaxTokens = 800, IgnoreEos = true };
            _sequences = [.. Enumerable.Range(0, rows).Select(i => new Sequence(Enumerable.Repeat(i % 50, 130 + i % 16).ToArray(), sampling))];
            _drafts = drafts ? [.. _sequences.Select(_ => new MeteredDrafts(info))] : [];
            for (int i = 0; i < rows; i++)
                _scheduler.Add(new RunningSequence(_sequences[i], new LargeOnlyStrategy(), drafts ? _drafts[i] : null));
        }

        /// <summary>Tokens drafted so far.</summary>
        public int Drafted => _sequences.Sum(sequence => sequence.Stats.Drafted);

        public void Dispose() => _runner.Dispose();

        /// <returns>Bytes that the scheduler's part of a step allocates; the runner, the readers and the drafters are left out.</returns>
        public long Run()
        {
            long drafters = _drafts.Sum(drafts => drafts.Bytes), bytes = GC.GetAllocatedBytesForCurrentThread();
            _scheduler.Admit();
            StepBatch batch = _scheduler.Schedule(ModelRole.Large);
            bytes -= GC.GetAllocatedBytesForCurrentThread();
            StepResult result = _runner.Execute(batch);
            bytes += GC.GetAllocatedBytesForCurrentThread();
            _scheduler.Update(batch, result);
            bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
            foreach (Sequence sequence in _sequences)
                while (sequence.Output.TryRead(out _)) { }
            return bytes - (_drafts.Sum(drafts => drafts.Bytes) - drafters);
        }
    }

    /// <summary>Drafts what the fake model says next, with a wrong token beside each; notes what that allocates.</summary>
    private sealed class MeteredDrafts(ModelInfo info) : IProposalPolicy
    {
        private const int Depth = 4;

        public long Bytes { get; private set; }

        public DraftPlan Plan(Sequence sequence, in StepLoad load) => new(Drafter.Tree, 2 * Depth);

        public void Draft(Sequence sequence, DraftTree tree)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            SamplingParams sampling = new() { MaxTokens = Depth, IgnoreEos = true, Seed = sequence.Sampling.Seed };
            int last = DraftTree.Root;
            foreach (int token in FakeModelRunner.Continue(sequence.Tokens, sampling, sequence.Route, info))
            {
                tree.TryAdd(last, (token + 1) % info.VocabularySize, out _);
                tree.TryAdd(last, token, out last);
            }

            Bytes += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        public bool ShouldContinue(in DraftState state) => true;

        public void Observe(in DraftOutcome outcome)
        {
        }
    }
}
