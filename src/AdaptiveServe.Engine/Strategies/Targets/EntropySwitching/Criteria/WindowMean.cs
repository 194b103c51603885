namespace AdaptiveServe.Engine.Strategies.Targets.EntropySwitching.Criteria;

/// <summary>The mean of the last numbers; of fewer while there are fewer.</summary>
internal sealed class WindowMean(int window)
{
    private readonly double[] _latest = new double[window];
    private int _seen;

    public double Add(double value)
    {
        double mean = With(value);
        _seen++;
        return mean;
    }

    /// <summary>What <see cref="Add"/> would return: the number's place is taken by the next one.</summary>
    /// <remarks>Summed anew each time: a running sum would drift, and the window is short.</remarks>
    public double With(double value)
    {
        _latest[_seen % _latest.Length] = value;
        int count = Math.Min(_seen + 1, _latest.Length);
        double sum = 0;
        for (int i = 0; i < count; i++) sum += _latest[i];
        return sum / count;
    }
}
