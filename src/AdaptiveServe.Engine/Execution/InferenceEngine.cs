using System.ComponentModel.DataAnnotations;
using AdaptiveServe.Engine.Cache;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using Microsoft.Extensions.Logging;

namespace AdaptiveServe.Engine.Execution;

/// <summary>The door of the engine: sequences go in, their tokens come out of <see cref="Sequence.Output"/>. Safe for any thread.</summary>
public sealed class InferenceEngine : IDisposable
{
    private readonly StrategyRegistry _strategies;
    private readonly EngineOptions _options;
    private readonly IModelRunner _runner;
    private readonly Scheduler _scheduler;
    private readonly EngineLoop _loop;
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    private long _arrivals;
    private bool _started, _accepting, _disposed;

    /// <param name="runner">Owned by the engine from now on.</param>
    /// <param name="strategies">What <see cref="Sequence.Target"/> and <see cref="Sequence.Proposal"/> may name.</param>
    /// <param name="options">Bounds, read once.</param>
    /// <param name="time">Clock for the costs of forwards.</param>
    /// <param name="logger">For failures.</param>
    /// <exception cref="ValidationException">A bound is out of its range.</exception>
    public InferenceEngine(
        IModelRunner runner, StrategyRegistry strategies, EngineOptions options, TimeProvider time, ILogger<InferenceEngine> logger)
    {
        ArgumentNullException.ThrowIfNull(runner);
        ArgumentNullException.ThrowIfNull(options);
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        _runner = runner;
        _strategies = strategies;
        _options = options;
        _scheduler = new Scheduler(options, runner.Info, (ulong)Random.Shared.NextInt64());
        _loop = new EngineLoop(_scheduler, runner, options, time, logger);
        // A thread of its own: TorchSharp's scopes are per thread, and a blocking step must not starve the pool.
        _thread = new Thread(_loop.Run) { Name = "AdaptiveServe engine", IsBackground = true };
    }

    public ModelInfo Info => _runner.Info;

    /// <summary>True while submissions are taken.</summary>
    public bool IsReady => _accepting && !IsFaulted;

    /// <summary>True when the engine cannot go on.</summary>
    public bool IsFaulted => _loop.Fault is not null;

    /// <summary>Starts the engine thread, once.</summary>
    public void Start()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _thread.Start();
            _started = _accepting = true;
        }
    }

    /// <summary>Takes all of the sequences, or none.</summary>
    /// <exception cref="ArgumentException">
    /// A strategy that is not there, a token outside the vocabulary, a model that is not loaded, a sequence that was submitted before, or
    /// more sequences than the queue can ever hold.
    /// </exception>
    public SubmitResult Submit(params ReadOnlySpan<Sequence> sequences)
    {
        if (sequences.Length > _options.MaxQueuedRequests)
            throw new ArgumentException($"{sequences.Length} sequences are more than the {_options.MaxQueuedRequests} that may wait.");
        var running = new RunningSequence[sequences.Length];
        for (int i = 0; i < running.Length; i++)
        {
            if (!TryPair(sequences[i], out running[i])) return SubmitResult.TooLong;
        }

        lock (_gate)
        {
            if (IsFaulted) return SubmitResult.Faulted;
            if (!_accepting) return SubmitResult.Stopping;
            if (!HasRoomFor(sequences)) return SubmitResult.QueueFull;
            foreach (Sequence sequence in sequences) sequence.Arrival = _arrivals++;
            _loop.Post(running);
        }

        return SubmitResult.Accepted;
    }

    /// <summary>What the engine holds now. The numbers are read while it runs and may be of neighbouring steps.</summary>
    public EngineSnapshot Snapshot()
    {
        BlockPool? small = _scheduler.Pool(ModelRole.Small), large = _scheduler.Pool(ModelRole.Large);
        // Waiting first: a sequence that begins to run meanwhile is counted twice, and never not at all.
        int waiting = Math.Max(_loop.Queued, _scheduler.WaitingCount + _loop.InboxCount), running = _scheduler.RunningCount;
        return new EngineSnapshot(
            running, waiting,
            (small?.HeldCount ?? 0, small?.BlockCount ?? 0), (large?.HeldCount ?? 0, large?.BlockCount ?? 0),
            _scheduler.Preemptions, _scheduler.PrefixQueries, _scheduler.PrefixHits);
    }

    /// <summary>Takes no more sequences. Those that are in go on.</summary>
    public void StopAccepting()
    {
        lock (_gate) _accepting = false;
    }

    /// <summary>Ends what is left, stops the thread and frees the runner.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            _accepting = false;
        }

        _loop.Stop();
        if (_started) _thread.Join();
        _loop.Dispose();
        _runner.Dispose();
    }

    private bool HasRoomFor(ReadOnlySpan<Sequence> sequences)
    {
        int queued = _loop.Queued;
        if (queued + sequences.Length > _options.MaxQueuedRequests) return false;
        long tokens = _loop.QueuedTokens;
        foreach (Sequence sequence in sequences) tokens += sequence.PromptLength;
        return queued == 0 || tokens <= _options.MaxQueuedTokens;
    }

    private bool TryPair(Sequence sequence, out RunningSequence running)
    {
        if (sequence.Arrival != Sequence.NotSubmitted) throw new ArgumentException("A sequence can be submitted only once.");
        if (!_strategies.TryGetTarget(sequence.Target, out ITargetStrategy? target))
            throw new ArgumentException($"There is no target strategy '{sequence.Target}'.");
        if (!_strategies.TryGetProposal(sequence.Proposal, out IProposalStrategy? proposal))
            throw new ArgumentException($"There is no proposal strategy '{sequence.Proposal}'.");
        if (!Info.HasSmall && (proposal is { NeedsSmall: true } || target.Roles.Contains(ModelRole.Small)))
            throw new ArgumentException($"Target '{sequence.Target}' with proposal '{sequence.Proposal}' needs a small model.");
        if (!Info.HasAcceptanceHead && proposal is not null && sequence.Speculation.UsesAcceptanceHead)
            throw new ArgumentException("The stop rule 'learned' needs an acceptance head.");
        if (target.IsDraftedBySmall && proposal is { NeedsSmall: false })
            throw new ArgumentException($"Target '{sequence.Target}' is drafted by the small model; the proposal '{sequence.Proposal}' does not fit.");
        foreach (int token in sequence.Tokens)
        {
            if ((uint)token >= (uint)Info.VocabularySize)
                throw new ArgumentException($"Token {token} is not in the vocabulary of {Info.VocabularySize}.");
        }

        LayerRoute? route = target.ChooseRoute(sequence, Info);
        if (target.ReadsPrompt(sequence)) sequence.AwaitRoute();
        else if (route is not null) sequence.SetRoute(route);
        ITargetPolicy policy = target.CreatePolicy(sequence);
        if (policy.NeedsAcceptance && !Info.JudgesNextToken)
            throw new ArgumentException($"The criterion of target '{sequence.Target}' needs an acceptance head that scores next tokens.");
        running = new RunningSequence(
            sequence, policy, proposal?.CreatePolicy(sequence), proposal?.ChooseDraftRoute(sequence, Info));
        return _scheduler.CanEverFit(sequence, target.Roles);
    }
}
