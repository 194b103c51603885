using System.Runtime.CompilerServices;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>How weights lie in a <see cref="PackedWeight"/>; kernels widen them to float32, which is exact, as they read them.</summary>
internal unsafe interface IWeightFormat
{
    /// <summary>Loads the weights of one input for outputs [lane, lane + width) and [16 + lane, 16 + lane + width) of a panel.</summary>
    static abstract void Load<T>(byte* panel, nint input, int lane, out T lower, out T upper)
        where T : struct, ILanes<T>;
}

internal readonly unsafe struct Float32Weights : IWeightFormat
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<T>(byte* panel, nint input, int lane, out T lower, out T upper)
        where T : struct, ILanes<T>
    {
        float* weights = (float*)panel + input * PackedWeight.PanelOutputs + lane;
        lower = T.Load(weights);
        upper = T.Load(weights + PackedWeight.PanelOutputs / 2);
    }
}

internal readonly unsafe struct BFloat16Weights : IWeightFormat
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<T>(byte* panel, nint input, int lane, out T lower, out T upper)
        where T : struct, ILanes<T> => T.LoadBFloat16((uint*)panel + input * (PackedWeight.PanelOutputs / 2) + lane, out lower, out upper);
}

internal readonly unsafe struct Float16Weights : IWeightFormat
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<T>(byte* panel, nint input, int lane, out T lower, out T upper)
        where T : struct, ILanes<T> => T.LoadFloat16((uint*)panel + input * (PackedWeight.PanelOutputs / 2) + lane, out lower, out upper);
}

internal static class WeightFormats
{
    public const uint UpperHalf = 0xFFFF0000;

    /// <summary>What a float16 in a word's upper half has of a float32's bits after an arithmetic shift by 3: sign, exponent, fraction.</summary>
    public const int Float16Mask = unchecked((int)0x8FFFE000);

    /// <summary>
    /// 2^112: a float16's exponent and fraction, shifted into a float32, are too small by this; the product is exact, subnormals included.
    /// </summary>
    public const float Float16Scale = 5.192296858534828e33f;
}
