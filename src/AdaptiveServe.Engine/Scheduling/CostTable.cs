using System.Numerics;

namespace AdaptiveServe.Engine.Scheduling;

/// <summary>What a forward of one model takes, by the number of its tokens, as it was measured.</summary>
/// <remarks>
/// Each number up to 8 has a mean of its own, larger ones share one up to the next power of two; between two means lies a line. What was not
/// measured for long is forgotten: whoever avoids a size because of a slow forward would never learn that it was an accident.
/// </remarks>
internal sealed class CostTable
{
    private const int Exact = 8;
    private const int Buckets = Exact + 24;
    private const double Weight = 0.1; // of the newest forward, once there are some
    private const int Fewest = 3; // forwards of a size until it counts as known: the first ones of a process are slow
    private const int Memory = 500; // forwards of other sizes until one is forgotten
    private const double UnknownSlope = 0.05; // of one token's cost, for each token more: hopeful, so that it is tried and then known

    private readonly double[] _seconds = new double[Buckets], _tokens = new double[Buckets];
    private readonly int[] _counts = new int[Buckets];
    private readonly long[] _latest = new long[Buckets];
    private long _forwards;

    /// <summary>True while some size is known.</summary>
    public bool IsKnown => Seconds(1) > 0;

    public void Observe(int tokens, double seconds)
    {
        if (tokens < 1 || seconds <= 0) return;
        int bucket = Bucket(tokens);
        if (_forwards - _latest[bucket] > Memory) _counts[bucket] = 0;
        _latest[bucket] = ++_forwards;
        ref double mean = ref _seconds[bucket], size = ref _tokens[bucket];
        if (_counts[bucket]++ == 0) (mean, size) = (seconds, tokens);
        double weight = Math.Max(Weight, 1.0 / _counts[bucket]);
        size += weight * (tokens - size);
        mean = CostMean.Next(mean, seconds, weight);
    }

    /// <summary>Seconds of a forward of that many tokens; 0 while nothing is known.</summary>
    public double Seconds(double tokens)
    {
        int above = 0;
        while (above < Buckets && (!Has(above) || _tokens[above] < tokens)) above++;
        int below = Math.Min(above, Buckets) - 1;
        while (below >= 0 && !Has(below)) below--;
        if (below < 0) return above < Buckets ? _seconds[above] : 0;
        double slope = above < Buckets
            ? Math.Max(0, _seconds[above] - _seconds[below]) / Math.Max(1e-9, _tokens[above] - _tokens[below])
            : UnknownSlope * _seconds[below] / _tokens[below];
        return _seconds[below] + slope * (tokens - _tokens[below]);
    }

    private bool Has(int bucket) => _counts[bucket] >= Fewest && _forwards - _latest[bucket] <= Memory;

    private static int Bucket(int tokens) =>
        tokens <= Exact ? tokens - 1 : Math.Min(Buckets - 1, Exact + BitOperations.Log2((uint)(tokens - 1)) - 3);
}
