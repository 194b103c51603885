namespace AdaptiveServe.Server.Admission;

/// <summary>How many requests end in a second, as a mean over about the last half minute. Safe for any thread.</summary>
internal sealed class ServiceRate(TimeProvider time)
{
    private static readonly double Window = TimeSpan.FromSeconds(30).TotalSeconds;

    private readonly Lock _gate = new();
    private readonly long _started = time.GetTimestamp();
    private double _weight; // one for each end, fading with its age
    private double _at;

    /// <summary>A request ended.</summary>
    public void Count()
    {
        lock (_gate) _weight = Faded() + 1;
    }

    /// <summary>When so many have ended, at the present rate; between one second and a minute.</summary>
    public TimeSpan Until(int requests)
    {
        lock (_gate)
        {
            _weight = Faded();
            double perSecond = _weight / Math.Min(Window, Math.Max(1, _at));
            return TimeSpan.FromSeconds(perSecond > 0 ? Math.Clamp(requests / perSecond, 1, 60) : 1);
        }
    }

    private double Faded()
    {
        double now = time.GetElapsedTime(_started).TotalSeconds;
        double faded = _weight * Math.Exp((_at - now) / Window);
        _at = now;
        return faded;
    }
}
