using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>Functions of lanes.</summary>
internal static unsafe class LaneMath
{
    /// <summary>Arguments below give 0; e^-87 is the last one that is a normal float32 after rounding.</summary>
    private const float SmallestExponent = -87;

    private const float RoundingShift = 12582912; // 1.5 * 2^23: after adding it the lowest bits hold the nearest integer
    private const float Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f; // the high part times any exponent is exact

    /// <summary>e^x for x of at most 88, to about 1e-7 of the value: 2^n * e^r with |r| at most ln(2) / 2 (Moshier's Cephes, expf).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Exp<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes power = TLanes.MultiplyAdd(x, TLanes.Broadcast(1.44269504f), TLanes.Broadcast(RoundingShift));
        TLanes n = TLanes.Subtract(power, TLanes.Broadcast(RoundingShift));
        TLanes r = TLanes.MultiplyAdd(n, TLanes.Broadcast(-Ln2High), x);
        r = TLanes.MultiplyAdd(n, TLanes.Broadcast(-Ln2Low), r);

        TLanes p = TLanes.MultiplyAdd(TLanes.Broadcast(1.9875691500e-4f), r, TLanes.Broadcast(1.3981999507e-3f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(8.3334519073e-3f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(4.1665795894e-2f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(1.6666665459e-1f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(5.0000001201e-1f));
        p = TLanes.Add(TLanes.MultiplyAdd(p, TLanes.Multiply(r, r), r), TLanes.Broadcast(1));
        return TLanes.ZeroBelow(TLanes.ScaleByPower(p, power), x, TLanes.Broadcast(SmallestExponent));
    }

    /// <summary>The dot product of two vectors of any length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot<TLanes>(float* left, float* right, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes sum = default;
        int i = 0;
        for (; i <= count - TLanes.Width; i += TLanes.Width) sum = TLanes.MultiplyAdd(TLanes.Load(left + i), TLanes.Load(right + i), sum);
        float dot = LaneSums.Sum(TLanes.Fold(sum));
        for (; i < count; i++) dot += left[i] * right[i];
        return dot;
    }

    /// <summary>The largest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max<TLanes>(TLanes value)
        where TLanes : struct, ILanes<TLanes>
    {
        Vector128<float> four = TLanes.FoldMax(value);
        return Math.Max(Math.Max(four.GetElement(0), four.GetElement(1)), Math.Max(four.GetElement(2), four.GetElement(3)));
    }
}
