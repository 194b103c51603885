using System.Diagnostics;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>Threads that help the engine thread with one operation at a time.</summary>
/// <remarks>
/// Parts are claimed one by one, so a helper that the system has put aside holds nobody up: the others take its parts. Helpers spin for
/// some microseconds between the operations of a forward and sleep otherwise. On a machine that others keep busy a helper may be put aside
/// while it holds a part; that costs as much as many operations, so the caller then works alone for a while, longer each time. Parts never
/// depend on who computes them.
/// </remarks>
internal sealed class WorkerPool : IDisposable
{
    private const int SpinsBeforeSleep = 1000;
    private const uint Closed = int.MaxValue;
    private const double LongWaitMicroseconds = 500; // and no less than the caller's own parts took: those of long prompts take milliseconds
    private const int FewestAlone = 64, MostAlone = 8192; // operations

    private readonly Thread[] _helpers;
    private readonly SemaphoreSlim _wake = new(0);
    private Action<int> _work = _ => { };
    private int _parts, _done, _sleeping;
    private ulong _claim = Closed; // upper half: the operation's number; lower half: the next part
    private volatile bool _stop;
    private int _alone, _penalty; // operations to run without helpers: now, and after the next long wait

    /// <param name="threads">Threads in all, the caller included.</param>
    public WorkerPool(int threads)
    {
        _helpers = new Thread[threads - 1];
        for (int i = 0; i < _helpers.Length; i++)
        {
            _helpers[i] = new Thread(Help) { Name = $"AdaptiveServe compute {i + 1}", IsBackground = true };
            _helpers[i].Start();
        }
    }

    public int Threads => _helpers.Length + 1;

    /// <summary>Runs <paramref name="work"/> for every part from 0 on, and returns when all are done. One caller at a time.</summary>
    public void Run(int parts, Action<int> work)
    {
        if (parts <= 1 || _helpers.Length == 0 || _alone > 0)
        {
            if (_alone > 0 && parts > 1) _alone--;
            for (int part = 0; part < parts; part++) work(part);
            return;
        }

        // The last operation is closed, so nobody can claim a part while this one is written; then all of it appears at once.
        _work = work;
        _parts = parts;
        _done = 0;
        ulong operation = (_claim >> 32) + 1;
        Interlocked.Exchange(ref _claim, operation << 32);
        int sleeping = Volatile.Read(ref _sleeping);
        if (sleeping > 0) _wake.Release(sleeping);

        long start = Stopwatch.GetTimestamp();
        int own = ClaimParts();
        WaitForHelpers(parts, own, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        Interlocked.Exchange(ref _claim, operation << 32 | Closed);
    }

    public void Dispose()
    {
        _stop = true;
        Interlocked.Exchange(ref _claim, ((_claim >> 32) + 1) << 32 | Closed);
        _wake.Release(_helpers.Length + 1);
        foreach (Thread helper in _helpers) helper.Join();
        _wake.Dispose();
    }

    /// <summary>Waits for the parts that helpers hold, and compares the wait with the time that the caller's own parts took.</summary>
    private void WaitForHelpers(int parts, int ownParts, double ownMicroseconds)
    {
        long start = Stopwatch.GetTimestamp();
        var wait = new SpinWait();
        while (Volatile.Read(ref _done) < parts) wait.SpinOnce(sleep1Threshold: -1);
        double longWait = ownParts == 0 ? double.MaxValue : Math.Max(LongWaitMicroseconds, ownMicroseconds);
        if (Stopwatch.GetElapsedTime(start).TotalMicroseconds > longWait) _alone = _penalty = Math.Clamp(2 * _penalty, FewestAlone, MostAlone);
        else if (_penalty > 0) _penalty--;
    }

    /// <returns>How many parts this thread computed.</returns>
    private int ClaimParts()
    {
        int claimed = 0;
        while (true)
        {
            ulong claim = Volatile.Read(ref _claim);
            uint part = (uint)claim;
            if (part >= (uint)Volatile.Read(ref _parts)) return claimed;
            Action<int> work = _work;
            if (Interlocked.CompareExchange(ref _claim, claim + 1, claim) != claim) continue;
            work((int)part);
            claimed++;
            Interlocked.Increment(ref _done);
        }
    }

    private void Help()
    {
        ulong seen = 0;
        while (!_stop)
        {
            WaitForOperation(seen);
            seen = Volatile.Read(ref _claim) >> 32;
            ClaimParts();
        }
    }

    private void WaitForOperation(ulong seen)
    {
        for (int i = 0; i < SpinsBeforeSleep; i++)
        {
            if (Volatile.Read(ref _claim) >> 32 != seen) return;
            Thread.SpinWait(4);
        }

        Interlocked.Increment(ref _sleeping);
        if (Volatile.Read(ref _claim) >> 32 == seen) _wake.Wait();
        Interlocked.Decrement(ref _sleeping);
    }
}
