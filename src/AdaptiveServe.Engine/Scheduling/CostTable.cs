using System.Numerics;

namespace AdaptiveServe.Engine.Scheduling;

/// <summary>What a forward of one model takes, by the number of its tokens, as it was measured.</summary>
/// <remarks>Each number up to 8 has a mean of its own, larger ones share one up to the next power of two; between two means lies a line.</remarks>
internal sealed class CostTable
{
    private const int Exact = 8;
    private const int Buckets = Exact + 24;
    private const double Weight = 0.1; // of the newest forward
    private const double Outlier = 4; // what disturbs a forward makes it longer, never shorter
    private const double UnknownSlope = 0.05; // of one token's cost, for each token more: hopeful, so that it is tried and then known

    private readonly double[] _seconds = new double[Buckets], _tokens = new double[Buckets];

    /// <summary>True once a forward was measured.</summary>
    public bool IsKnown { get; private set; }

    public void Observe(int tokens, double seconds)
    {
        if (tokens < 1 || seconds <= 0) return;
        IsKnown = true;
        ref double mean = ref _seconds[Bucket(tokens)], size = ref _tokens[Bucket(tokens)];
        if (mean == 0) (mean, size) = (seconds, tokens);
        size += Weight * (tokens - size);
        mean = Math.Min(mean + Weight * (Math.Min(seconds, Outlier * mean) - mean), Outlier * seconds);
    }

    /// <summary>Seconds of a forward of that many tokens; 0 while nothing was measured.</summary>
    public double Seconds(double tokens)
    {
        int above = 0;
        while (above < Buckets && (_seconds[above] == 0 || _tokens[above] < tokens)) above++;
        int below = Math.Min(above, Buckets) - 1;
        while (below >= 0 && _seconds[below] == 0) below--;
        if (below < 0) return above < Buckets ? _seconds[above] : 0;
        double slope = above < Buckets
            ? Math.Max(0, _seconds[above] - _seconds[below]) / Math.Max(1e-9, _tokens[above] - _tokens[below])
            : UnknownSlope * _seconds[below] / _tokens[below];
        return _seconds[below] + slope * (tokens - _tokens[below]);
    }

    private static int Bucket(int tokens) =>
        tokens <= Exact ? tokens - 1 : Math.Min(Buckets - 1, Exact + BitOperations.Log2((uint)(tokens - 1)) - 3);
}
