using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Targets.LargeOnly;
using AdaptiveServe.Engine.Strategies.Targets.SmallOnly;
using AdaptiveServe.Engine.Tests.Strategies;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Engine.Tests.Scheduling;

/// <summary>A scheduler on the fake models, stepped by hand, that writes down what each forward ran.</summary>
/// <remarks>
/// <c>a[0..4)</c> are tokens 0 to 3 of sequence a without a sample, <c>a[4..6)*1</c> has one after the last, <c>a[6..9)*3</c> verifies two
/// drafts, and <c>~a[0..9)*1</c> drafts. Blocks hold 4 tokens.
/// </remarks>
internal sealed class SchedulerTrace : IDisposable
{
    private readonly FakeModelRunner _runner;
    private readonly Dictionary<Sequence, char> _names = [];

    public SchedulerTrace(int rows = 8, int budget = 100, int blocks = 64, int smallBlocks = 64, bool prefixCaching = true)
    {
        ModelInfo info = FakeModelRunner.TinyInfo(blocks, smallBlocks);
        _runner = new FakeModelRunner(info);
        Scheduler = new Scheduler(new EngineOptions { MaxSequences = rows, MaxBatchTokens = budget, PrefixCaching = prefixCaching }, info);
    }

    public Scheduler Scheduler { get; }

    public Dictionary<char, RunningSequence> Rows { get; } = [];

    /// <summary>Adds a sequence with a prompt of a length, of tokens of its own or those of another one, or with these tokens.</summary>
    public Sequence Add(
        char name, int prompt = 4, int max = 4, int priority = 0, char? like = null, bool waits = false, bool promptLogprobs = false,
        int[]? tokens = null, int[]? stop = null, ITargetPolicy? target = null, IProposalPolicy? proposal = null)
    {
        tokens ??= [.. Enumerable.Repeat((like ?? name) - 'a' + 1, prompt)];
        var sampling = new SamplingParams
        {
            MaxTokens = max,
            IgnoreEos = stop is null,
            StopTokenIds = stop ?? [],
            PromptLogprobs = promptLogprobs ? 0 : null,
        };
        var sequence = new Sequence(tokens, sampling)
        {
            Priority = priority,
            SharesPromptWith = waits ? Rows[like!.Value].Sequence : null,
            Arrival = _names.Count,
        };
        _names.Add(sequence, name);
        Rows.Add(name, new RunningSequence(sequence, target ?? new LargeOnlyStrategy(), proposal));
        Scheduler.Add(Rows[name]);
        return sequence;
    }

    public Sequence AddSmall(char name, int prompt = 4, int max = 4) => Add(name, prompt, max, target: new SmallOnlyStrategy());

    /// <summary>Admits, then runs one forward of the large model.</summary>
    public string Step()
    {
        Scheduler.Admit();
        return Forward(ModelRole.Large);
    }

    /// <summary>Admits, then runs one forward of the small model.</summary>
    public string Small()
    {
        Scheduler.Admit();
        return Forward(ModelRole.Small);
    }

    /// <summary>Runs until everything has ended, and checks that each sequence has the output that it has alone.</summary>
    public void Finish()
    {
        for (int step = 0; Scheduler.HasWork; step++)
        {
            Assert.True(step < 1000, "the sequences do not end");
            Small();
            Step();
        }

        foreach ((char name, RunningSequence row) in Rows)
        {
            Sequence sequence = row.Sequence;
            if (sequence.FinishReason is FinishReason.Cancelled or FinishReason.Error) continue;
            Assert.Equal(Alone(name), sequence.Tokens[sequence.PromptLength..].ToArray());
        }
    }

    /// <summary>What the sequence generates alone.</summary>
    public List<int> Alone(char name)
    {
        Sequence sequence = Rows[name].Sequence;
        Func<int, ModelRole> roleAfter = Rows[name].Target switch
        {
            LargeOnlyStrategy => _ => ModelRole.Large,
            SmallOnlyStrategy => _ => ModelRole.Small,
            SwitchingTarget or WithholdingTarget => SwitchingTarget.RoleAfter,
            TurnsTarget turns => TurnsTarget.RoleByTurns(turns.SmallTokens),
            ITargetPolicy other => throw new InvalidOperationException($"What {other} generates alone is not known."),
        };
        return FakeModelRunner.Continue(sequence.Tokens[..sequence.PromptLength], sequence.Sampling, roleAfter, _runner.Info);
    }

    public void Dispose() => _runner.Dispose();

    private string Forward(ModelRole role)
    {
        StepBatch batch = Scheduler.Schedule(role);
        string text = string.Join(' ', batch.Rows.ToArray().Select(Describe));
        if (!batch.IsEmpty) Scheduler.Update(batch, _runner.Execute(batch));
        Scheduler.CheckIntegrity();
        return text;
    }

    private string Describe(ScheduledSequence row) =>
        $"{(row.IsDraft ? "~" : "")}{_names[row.Running.Sequence]}[{row.Start}..{row.Start + row.Count})"
        + (row.SampleCount > 0 ? $"*{row.SampleCount}" : "");
}
