using System.Runtime.Intrinsics;

namespace AdaptiveServe.Benchmarks;

/// <summary>Float32 fused multiply-adds of one thread as fast as the processor makes them: the floor of arithmetic.</summary>
internal static class PeakRate
{
    private const int Steps = 100_000, Chains = 12, OperationsPerLane = 2;

    /// <summary>GFLOP/s of the best of some rounds.</summary>
    public static double Measure()
    {
        float sum = 0;
        Timing timing = Timing.Of(() => sum += Run(), 0.5);
        return sum == 0 ? 0 : (double)Steps * Chains * Vector512<float>.Count * OperationsPerLane / timing.Best / 1e6;
    }

    /// <summary>As many chains as hide the latency of one.</summary>
    private static float Run()
    {
        Vector512<float> x = Vector512.Create(0.999f), y = Vector512.Create(0.001f);
        Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int step = 0; step < Steps; step++)
        {
            (a, b, c) = (Vector512.FusedMultiplyAdd(a, x, y), Vector512.FusedMultiplyAdd(b, x, y), Vector512.FusedMultiplyAdd(c, x, y));
            (d, e, f) = (Vector512.FusedMultiplyAdd(d, x, y), Vector512.FusedMultiplyAdd(e, x, y), Vector512.FusedMultiplyAdd(f, x, y));
            (g, h, i) = (Vector512.FusedMultiplyAdd(g, x, y), Vector512.FusedMultiplyAdd(h, x, y), Vector512.FusedMultiplyAdd(i, x, y));
            (j, k, l) = (Vector512.FusedMultiplyAdd(j, x, y), Vector512.FusedMultiplyAdd(k, x, y), Vector512.FusedMultiplyAdd(l, x, y));
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
