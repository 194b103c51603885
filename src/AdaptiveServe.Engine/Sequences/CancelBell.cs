namespace AdaptiveServe.Engine.Sequences;

/// <summary>
/// Counts requests to cancel, so that the engine looks for cancelled sequences when there are some and not in every step: thousands may wait.
/// </summary>
internal sealed class CancelBell
{
    private long _rings;

    /// <summary>How often it was rung, from any thread; whoever reads a new number sees what was requested before.</summary>
    public long Rings => Interlocked.Read(ref _rings);

    public void Ring() => Interlocked.Increment(ref _rings);
}
