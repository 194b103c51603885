using AdaptiveServe.Engine.Scheduling;

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>Stands before a model's forwards: lets through as many as it is told, or all once it is open.</summary>
internal sealed class StepGate : IDisposable
{
    private readonly SemaphoreSlim _permits = new(0);
    private int _arrived;
    private volatile bool _isOpen;

    /// <summary>Forwards that came to the gate, the one that waits there included.</summary>
    public int Arrived => Volatile.Read(ref _arrived);

    /// <summary>Where a forward waits.</summary>
    public void Pass(StepBatch batch)
    {
        Interlocked.Increment(ref _arrived);
        if (_isOpen) return;
        _permits.Wait();
        if (_isOpen) _permits.Release(); // for the next one that came before it opened
    }

    public void Allow(int forwards) => _permits.Release(forwards);

    public void Open()
    {
        _isOpen = true;
        _permits.Release();
    }

    public void Dispose() => _permits.Dispose();
}
