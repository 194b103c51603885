using Microsoft.Extensions.Time.Testing;

namespace AdaptiveServe.Lab.Tests.Benchmarks;

/// <summary>A clock that a server moves, and that lets it wait until its client has looked at the time.</summary>
internal sealed class HandshakeClock : FakeTimeProvider, IDisposable
{
    private readonly SemaphoreSlim _reads = new(0);

    public override long GetTimestamp()
    {
        long now = base.GetTimestamp();
        _reads.Release();
        return now;
    }

    /// <summary>Lets time pass, does something, and waits until somebody has read the clock because of it.</summary>
    public async Task AfterAsync(double milliseconds, Func<Task> action)
    {
        Advance(TimeSpan.FromMilliseconds(milliseconds));
        while (_reads.Wait(0))
        {
            // Earlier looks do not count.
        }

        await action();
        await _reads.WaitAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose() => _reads.Dispose();
}
