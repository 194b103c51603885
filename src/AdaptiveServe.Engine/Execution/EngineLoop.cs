using System.Collections.Concurrent;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using Microsoft.Extensions.Logging;

namespace AdaptiveServe.Engine.Execution;

/// <summary>The step, again and again, on the one thread that owns the scheduler and the tensors.</summary>
internal sealed partial class EngineLoop(
    Scheduler scheduler, IModelRunner runner, EngineOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly ConcurrentQueue<RunningSequence> _inbox = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly ForwardCosts _costs = new(options.MaxSmallForwards);
    private readonly bool[] _hasRun = new bool[2];
    private int _queued;
    private long _queuedTokens;
    private volatile bool _stop, _ended;

    /// <summary>Sequences that were posted and have not run yet.</summary>
    public int Queued => Volatile.Read(ref _queued);

    /// <summary>Tokens of their prompts.</summary>
    public long QueuedTokens => Interlocked.Read(ref _queuedTokens);

    /// <summary>Sequences that were posted and not taken by the engine thread yet.</summary>
    public int InboxCount => _inbox.Count;

    /// <summary>Set when the loop ended because it cannot go on.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Hands new sequences to the engine thread.</summary>
    public void Post(ReadOnlySpan<RunningSequence> sequences)
    {
        Interlocked.Add(ref _queued, sequences.Length);
        foreach (RunningSequence sequence in sequences)
        {
            Interlocked.Add(ref _queuedTokens, sequence.Sequence.PromptLength);
            _inbox.Enqueue(sequence);
        }

        _wake.Set();
        if (_ended) EndInbox(); // nobody else will
    }

    /// <summary>Makes the loop end what is left and return.</summary>
    public void Stop()
    {
        _stop = true;
        _wake.Set();
    }

    /// <summary>Runs until <see cref="Stop"/>, or until the engine cannot go on.</summary>
    public void Run()
    {
        try
        {
            runner.Start();
            while (!_stop)
            {
                if (Step()) continue;
                scheduler.CheckIntegrity();
                _wake.WaitOne();
            }
        }
        catch (Exception exception)
        {
            // Only a defect of the engine itself comes here: a forward that fails ends its own sequences and the loop goes on.
            Fault = exception;
            Log.EngineFaulted(logger, exception);
        }

        _ended = true;
        Interlocked.MemoryBarrier(); // whoever posts sees the flag, or what was posted is seen here
        EndInbox();
        Leave(scheduler.EndAll(EndReason, EndError));
    }

    public void Dispose() => _wake.Dispose();

    /// <summary>
    /// The step: new sequences come in, the small model runs as many forwards as fit into the time of one forward of the large model,
    /// then the large model runs one. Who runs, and with how many tokens, is the scheduler's choice.
    /// </summary>
    /// <returns>False when there was nothing to do.</returns>
    internal bool Step()
    {
        TakeInbox();
        Leave(scheduler.Admit());
        if (!scheduler.HasWork) return false;

        int smallForwards = _costs.NextSmallForwards();
        while (smallForwards-- > 0 && Forward(ModelRole.Small))
        {
        }

        Forward(ModelRole.Large);
        return true;
    }

    private bool Forward(ModelRole role)
    {
        StepBatch batch = scheduler.Schedule(role);
        if (batch.IsEmpty) return false;
        long started = time.GetTimestamp();
        StepResult result;
        try
        {
            result = runner.Execute(batch); // the only line that touches the device
        }
        catch (Exception exception)
        {
            Log.ForwardFailed(logger, role, batch.Rows.Length, exception);
            scheduler.Fail(batch, "The model failed while computing this request.");
            return true;
        }

        // A model's first forward also pays for compilation and for memory that is touched for the first time: taken for its cost, it would
        // keep the small model from drafting for hundreds of steps.
        if (_hasRun[(int)role]) Observe(batch, time.GetElapsedTime(started));
        _hasRun[(int)role] = true;
        scheduler.Update(batch, result);
        return true;
    }

    /// <summary>A prompt comes when the caches hold something else, and says nothing of what drafts of its length cost.</summary>
    private void Observe(StepBatch batch, TimeSpan elapsed)
    {
        _costs.Observe(batch.Role, elapsed);
        if (batch.IsDecode) scheduler.Governor.ObserveForward(batch.Role, batch.TokenCount, elapsed.TotalSeconds);
    }

    private FinishReason EndReason => Fault is null ? FinishReason.Cancelled : FinishReason.Error;

    private string? EndError => Fault is null ? null : "The engine failed.";

    private void EndInbox()
    {
        while (_inbox.TryDequeue(out RunningSequence? sequence))
        {
            sequence.Sequence.Finish(EndReason, EndError);
            Leave(default(QueueShare).With(sequence.Sequence));
        }
    }

    private void Leave(QueueShare share)
    {
        Interlocked.Add(ref _queued, -share.Sequences);
        Interlocked.Add(ref _queuedTokens, -share.Tokens);
    }

    private void TakeInbox()
    {
        while (_inbox.TryDequeue(out RunningSequence? sequence)) scheduler.Add(sequence);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A forward of the {Role} model failed; its {Rows} sequences end with an error")]
        public static partial void ForwardFailed(ILogger logger, ModelRole role, int rows, Exception exception);

        [LoggerMessage(2, LogLevel.Critical, "The engine cannot go on")]
        public static partial void EngineFaulted(ILogger logger, Exception exception);
    }
}
