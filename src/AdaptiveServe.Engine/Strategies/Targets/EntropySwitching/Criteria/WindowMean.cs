namespace AdaptiveServe.Engine.Strategies.Targets.EntropySwitching.Criteria;

/// <summary>The mean of the last numbers; of fewer while there are fewer.</summary>
internal sealed class WindowMean(int window)
{
    private readonly double[] _latest = new double[window];
    private int _seen;

    /// <summary>Summed anew each time: a running sum would drift, and the window is short.</summary>
    public double Add(double value)
    {
        _latest[_seen % _latest.Length] = value;
        _seen++;
        int count = Math.Min(_seen, _latest.Length);
        double sum = 0;
        for (int i = 0; i < count; i++) sum += _latest[i];
        return sum / count;
    }
}
