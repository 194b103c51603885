using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Tests.Strategies;
using AdaptiveServe.Tests;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AdaptiveServe.Engine.Tests.Scheduling;

/// <summary>Runs a scenario through the engine's loop, step by step, and checks in each step what must always hold.</summary>
internal sealed class Simulation : IDisposable
{
    private const int PatienceSteps = 10;

    private readonly Scenario _scenario;
    private readonly Scheduler _scheduler;
    private readonly EngineLoop _loop;
    private readonly FakeTimeProvider _time = new();
    private readonly List<(ScenarioRequest Request, RunningSequence Row)> _rows = [];
    private readonly HashSet<Sequence> _failed = [];
    private readonly Dictionary<Sequence, int> _drafts = [];
    private readonly Coverage _coverage;
    private readonly Sabotage? _sabotage;
    private Exception? _violation;
    private int _step, _forward, _stalled;
    private long _arrivals;

    private Simulation(Scenario scenario, Coverage coverage, Sabotage? sabotage)
    {
        _scenario = scenario;
        _coverage = coverage;
        _sabotage = sabotage;
        _scheduler = new Scheduler(scenario.Options, scenario.Info);
        IModelRunner runner = new FakeModelRunner(scenario.Info) { BeforeExecute = BeforeExecute, CopiesBranches = sabotage is not ForgetsWhatBranchesShare };
        if (sabotage is not null) runner = new SabotagedRunner(runner, sabotage);
        _loop = new EngineLoop(_scheduler, runner, scenario.Options, _time, NullLogger.Instance);
    }

    public static void Run(Scenario scenario, Coverage coverage, Sabotage? sabotage = null)
    {
        using var simulation = new Simulation(scenario, coverage, sabotage);
        simulation.Run();
    }

    public void Dispose() => _loop.Dispose();

    private void Run()
    {
        Sequence? previous = null;
        foreach (ScenarioRequest request in _scenario.Requests) previous = Create(request, previous) ?? previous;
        int work = _rows.Sum(row => row.Row.Sequence.PromptLength + row.Row.Sequence.Sampling.MaxTokens);
        int limit = 20 + (work + 5) * (_rows.Count + 1);
        limit *= 1 + _rows.Select(row => row.Request.Drafter == Drafter.Self ? row.Request.MaxDraft : 0).DefaultIfEmpty().Max(); // each token of a draft is a step
        while (Step()) Assert.True(_step < limit, $"not done after {limit} steps");
        foreach ((ScenarioRequest request, RunningSequence row) in _rows)
        {
            CheckOutcome(request, row.Sequence);
            _coverage.Add(row.Sequence, request.Drafter == Drafter.Tree ? row.Sequence.Stats.Drafted : _drafts.GetValueOrDefault(row.Sequence));
            if (request.Withholds) _coverage.Add("tokens withheld", row.Sequence.Stats.LargeTokens);
        }

        Assert.Equal((0, 0, 0), (_scheduler.RunningCount, _scheduler.WaitingCount, _loop.Queued));
        foreach (ModelRole role in Enum.GetValues<ModelRole>()) Assert.Equal(0, _scheduler.Pool(role)?.HeldCount ?? 0);
    }

    /// <summary>Null for a request that the engine would refuse.</summary>
    private Sequence? Create(ScenarioRequest request, Sequence? previous)
    {
        bool shares = request.SharesPrevious && previous is not null;
        var sequence = new Sequence(shares ? previous!.Tokens : request.Prompt, request.Sampling)
        {
            Priority = shares ? previous!.Priority : request.Priority,
            SharesPromptWith = shares ? previous : null,
            Speculation = new() { Governed = request.MaxDraft % 3 == 0 },
            Routing = request.Routing,
        };
        request.SetRoute(sequence);
        ITargetStrategy target = request.Strategy;
        if (!_scheduler.CanEverFit(sequence, target.Roles)) return null;
        IProposalPolicy? proposal = request.Drafter == Drafter.Tree
            ? new TreeDrafts(request.MaxDraft, _scenario.Info)
            : new FixedDrafts(request.MaxDraft, random: true, request.Drafter);
        if (request.MaxDraft == 0) proposal = null;
        _rows.Add((request, new RunningSequence(sequence, target.CreatePolicy(sequence), proposal, ScenarioRequest.Draft)));
        return sequence;
    }

    private bool Step()
    {
        foreach ((ScenarioRequest request, RunningSequence row) in _rows)
        {
            if (request.ArriveAt == _step) Post(row);
            if (request.CancelAt == _step) row.Sequence.Cancel();
        }

        _sabotage?.BeforeStep(_scheduler, [.. _rows.Select(row => row.Row)]);
        RunningSequence? first = FirstRunning();
        (int, int, int)? before = first is null ? null : Progress(first);
        bool worked = _loop.Step();
        if (_violation is not null) throw new InvalidOperationException($"In step {_step}: {_violation.Message}", _violation);
        _scheduler.CheckIntegrity();
        CheckNothingStalls(first, before);
        foreach ((ScenarioRequest request, RunningSequence row) in _rows)
            if (request.CancelAt <= _step) Assert.Equal(SequenceStatus.Finished, row.Sequence.Status);
        Assert.Equal(_rows.Count(row => row.Request.ArriveAt <= _step && row.Row.Sequence.Status == SequenceStatus.Waiting), _loop.Queued);
        _step++;
        return worked || _rows.Any(row => row.Request.ArriveAt >= _step);
    }

    private void Post(RunningSequence row)
    {
        row.Sequence.Arrival = _arrivals++;
        _loop.Post([row]);
    }

    /// <summary>The first of all unfinished sequences, if it runs: it must always go on.</summary>
    private RunningSequence? FirstRunning()
    {
        RunningSequence? first = _rows.Where(row => row.Request.ArriveAt <= _step && row.Row.Sequence.Status != SequenceStatus.Finished)
            .Select(row => row.Row).OrderBy(row => (row.Sequence.Priority, row.Sequence.Arrival)).FirstOrDefault();
        return first?.Sequence.Status == SequenceStatus.Running ? first : null;
    }

    private static (int, int, int) Progress(RunningSequence row) =>
        (row.Sequence.Count, row.Computed(ModelRole.Small), row.Computed(ModelRole.Large));

    private void CheckNothingStalls(RunningSequence? first, (int, int, int)? before)
    {
        bool stalls = first is not null && first.Sequence.Status != SequenceStatus.Finished && Progress(first) == before;
        _stalled = stalls ? _stalled + 1 : 0;
        Assert.True(_stalled < PatienceSteps, $"the first sequence makes no progress in step {_step}");
    }

    private void BeforeExecute(StepBatch batch)
    {
        try
        {
            int milliseconds = batch.Role == ModelRole.Small ? _scenario.SmallMilliseconds : _scenario.LargeMilliseconds;
            _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
            CheckBatch(batch);
            CheckDecodeRows(batch);
        }
        catch (Exception exception)
        {
            _violation ??= exception;
        }

        if (!_scenario.FailAt.Contains(_forward++)) return;
        foreach (ScheduledSequence row in batch.Rows) _failed.Add(row.Running.Sequence);
        throw new InvalidOperationException("A forward fails.");
    }

    private void CheckBatch(StepBatch batch)
    {
        int tokens = 0, samples = 0;
        var seen = new HashSet<RunningSequence>();
        foreach (ScheduledSequence row in batch.Rows)
        {
            RunningSequence running = row.Running;
            if (row.Branch is { } branch)
            {
                CheckBranch(row, branch, samples);
                tokens += row.Count;
                samples += row.SampleCount;
                continue;
            }

            Assert.True(seen.Add(running), "a row is in the batch twice");
            Assert.Equal(SequenceStatus.Running, running.Sequence.Status);
            Assert.Equal(running.NextStart(batch.Role), row.Start);
            if (row.IsDraft && batch.Role == ModelRole.Large) _coverage.Add("drafts of the large model");
            Assert.InRange(row.Count, 1, running.Sequence.Count + running.Drafts.Length - row.Start);
            if (!row.IsDraft && batch.Role == ModelRole.Large && row.Start < running.Sequence.RouteStart)
                Assert.InRange(row.Start + row.Count, 1, running.Sequence.RouteStart);
            if (row.IsReadByRouter) _coverage.Add("prompts read by a router");
            Assert.True(running.Table(batch.Role).Count * _scenario.Info.BlockSize >= row.Start + row.Count, "a token has no block");
            Assert.InRange(row.SampleCount, 0, row.Count);
            Assert.Equal(samples, row.FirstSample);
            if (row.IsDraft) _drafts[running.Sequence] = _drafts.GetValueOrDefault(running.Sequence) + row.SampleCount;
            else if (row.SampleCount == 0) _coverage.Add("chunks");
            tokens += row.Count;
            samples += row.SampleCount;
        }

        Assert.InRange(seen.Count, 1, _scenario.Options.MaxSequences);
        Assert.InRange(batch.TokenCount, 1, _scenario.Options.MaxBatchTokens);
        _coverage.Add("forwards");
        Assert.Equal((tokens, samples), (batch.TokenCount, batch.SampleCount));
        Assert.InRange(_scheduler.RunningCount, 1, _scenario.Options.MaxSequences);
    }

    private void CheckBranch(in ScheduledSequence row, DraftBranch branch, int samples)
    {
        _coverage.Add("branches");
        Assert.Equal((branch.Start, row.Count, samples), (row.Start, row.SampleCount, row.FirstSample));
        Assert.Equal(row.Running.Sequence.Count + branch.Path.Length, row.Start + row.Count);
        Assert.True(branch.Blocks.Count * _scenario.Info.BlockSize >= row.Start + row.Count, "a token of a branch has no block");
        ReadOnlySpan<int> own = row.Running.Table(ModelRole.Large).Blocks, blocks = branch.Blocks.Blocks;
        int shared = row.Running.Sequence.Count / _scenario.Info.BlockSize;
        Assert.True(own[..shared].SequenceEqual(blocks[..shared]), "a branch does not go on where its sequence ends");
        foreach (int block in blocks[shared..]) Assert.False(own.Contains(block), "a branch writes into its sequence's blocks");
    }

    /// <summary>A row that wants only its next token and has the memory for it is in the batch, whatever prompts there are.</summary>
    private void CheckDecodeRows(StepBatch batch)
    {
        HashSet<RunningSequence> scheduled = [.. batch.Rows.ToArray().Select(row => row.Running)];
        foreach ((ScenarioRequest request, RunningSequence row) in _rows)
        {
            Sequence sequence = row.Sequence;
            ModelRole next = request.Withholds ? row.Next.Role : request.RoleAfter(sequence.Tokens[^1]);
            bool isDecode = sequence.Status == SequenceStatus.Running && sequence.GeneratedCount > 0
                && next == batch.Role && row.Computed(batch.Role) == sequence.Count - 1;
            if (isDecode && row.Table(batch.Role).Count * _scenario.Info.BlockSize >= sequence.Count)
                Assert.Contains(row, scheduled);
        }
    }

    private void CheckOutcome(ScenarioRequest request, Sequence sequence)
    {
        int[] prompt = sequence.Tokens[..sequence.PromptLength].ToArray();
        (LayerRoute? route, int start) = request.ExpectedRoute(prompt, _scenario.Info);
        List<int> alone = route is not null
            ? FakeModelRunner.Continue(prompt, request.Sampling, route, _scenario.Info, start)
            : FakeModelRunner.Continue(prompt, request.Sampling, request.RoleAfter, _scenario.Info);
        var output = new List<int>();
        int last = prompt[^1];
        while (sequence.Output.TryRead(out GeneratedToken token))
        {
            Assert.Equal(request.RoleAfter(last), token.Role);
            Assert.Equal(request.Sampling.Logprobs is null, token.TopLogprobs is null);
            output.Add(last = token.Id);
        }

        Task<bool> more = sequence.Output.WaitToReadAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.True(more is { IsCompletedSuccessfully: true, Result: false }, "the stream has not ended");
        Assert.Equal(output, sequence.Tokens[sequence.PromptLength..].ToArray());
        Assert.Equal(output.Count, sequence.Stats.SmallTokens + sequence.Stats.LargeTokens);
        Assert.Equal(alone.Take(output.Count), output);
        if (_failed.Contains(sequence)) Assert.Equal(FinishReason.Error, sequence.FinishReason);
        else if (sequence.FinishReason == FinishReason.Cancelled) Assert.NotNull(request.CancelAt);
        else CheckComplete(request, sequence, alone, prompt);
    }

    private void CheckComplete(ScenarioRequest request, Sequence sequence, List<int> alone, int[] prompt)
    {
        (LayerRoute? route, int start) = request.ExpectedRoute(prompt, _scenario.Info);
        Assert.Equal((route, start, false), (sequence.Route, sequence.RouteStart, sequence.AwaitsRoute));
        if (route is not null) _coverage.Add(start > 0 ? "routes behind whole prompts" : "routes with their prompts");
        Assert.Equal(alone.Count, sequence.GeneratedCount);
        bool stopped = alone.Count > 0
            && ((alone[^1] == FakeModelRunner.Eos && !request.Sampling.IgnoreEos) || request.Sampling.StopTokenIds.Contains(alone[^1]));
        Assert.Equal(stopped ? FinishReason.Stop : FinishReason.Length, sequence.FinishReason);
        Assert.Null(sequence.Error);
        if (request.Sampling.PromptLogprobs is null) Assert.Empty(sequence.PromptLogprobs);
        else if (prompt.Length > 1)
            Assert.Equal(FakeModelRunner.PromptLogprobs(prompt, start > 0 ? null : route), sequence.PromptLogprobs.Skip(1).Select(entry => entry.Single()));
    }
}
